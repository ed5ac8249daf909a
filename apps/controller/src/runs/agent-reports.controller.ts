import { ReportBatch, ReportReceipt } from '@fleetclone/contracts';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Presence } from '../presence';
import { CurrentMacId, ForAgents } from '../platform/http/principal';
import { ApplyReports } from './apply-reports/apply-reports';

@ApiTags('agents')
@ForAgents()
@Controller('api/v1/agent')
export class AgentReportsController {
  constructor(
    private readonly applyReports: ApplyReports,
    private readonly presence: Presence,
  ) {}

  @Post('reports')
  @HttpCode(200)
  @ApiOkResponse({ standardSchema: ReportReceipt })
  async report(
    @CurrentMacId() macId: string,
    @Body({ schema: ReportBatch }) batch: ReportBatch,
  ): Promise<ReportReceipt> {
    await this.presence.hear(macId);
    return this.applyReports.execute(macId, batch);
  }
}
