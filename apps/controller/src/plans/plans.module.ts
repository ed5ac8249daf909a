import { Module } from '@nestjs/common';
import { RunsModule } from '../runs';
import { Plans } from './plans';
import { PlansController } from './plans.controller';

@Module({ imports: [RunsModule], controllers: [PlansController], providers: [Plans] })
export class PlansModule {}
