import { Module } from '@nestjs/common';
import { PresenceModule } from '../presence';
import { RunsModule } from '../runs';
import { MacsController } from './macs.controller';
import { ViewMacs } from './view-macs';

@Module({ imports: [PresenceModule, RunsModule], controllers: [MacsController], providers: [ViewMacs] })
export class MacsModule {}
