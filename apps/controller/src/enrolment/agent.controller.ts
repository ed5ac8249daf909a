import { EnrolReply, EnrolRequest, Heartbeat, HeartbeatReply } from '@fleetclone/contracts';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { CurrentMacId, ForAgents, Public } from '../platform/http/principal';
import { EnrolMac } from './enrol-mac';
import { HearHeartbeat } from './hear-heartbeat';

@ApiTags('agents')
@ForAgents()
@Controller('api/v1/agent')
export class AgentController {
  constructor(
    private readonly enrolMac: EnrolMac,
    private readonly hearHeartbeat: HearHeartbeat,
  ) {}

  /** The enrolment token in the body is the credential. */
  @Public()
  @Post('enrol')
  @ApiCreatedResponse({ standardSchema: EnrolReply })
  async enrol(@Body({ schema: EnrolRequest }) request: EnrolRequest): Promise<EnrolReply> {
    return this.enrolMac.execute(request);
  }

  @Post('heartbeat')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: HeartbeatReply })
  async heartbeat(
    @CurrentMacId() macId: string,
    @Body({ schema: Heartbeat }) heartbeat: Heartbeat,
  ): Promise<HeartbeatReply> {
    return this.hearHeartbeat.execute(macId, heartbeat);
  }
}
