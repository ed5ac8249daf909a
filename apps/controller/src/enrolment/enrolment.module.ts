import { Module } from '@nestjs/common';
import { PresenceModule } from '../presence';
import { AgentController } from './agent.controller';
import { EnrolMac } from './enrol-mac';
import { EnrolmentTokensController } from './enrolment-tokens.controller';
import { HearHeartbeat } from './hear-heartbeat';

@Module({
  imports: [PresenceModule],
  controllers: [AgentController, EnrolmentTokensController],
  providers: [EnrolMac, HearHeartbeat],
})
export class EnrolmentModule {}
