import { Module } from '@nestjs/common';
import { RunsModule } from '../runs';
import { LiveController } from './live.controller';

@Module({ imports: [RunsModule], controllers: [LiveController] })
export class LiveModule {}
