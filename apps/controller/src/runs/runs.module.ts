import { Module } from '@nestjs/common';
import { PresenceModule } from '../presence';
import { AgentReportsController } from './agent-reports.controller';
import { ApplyReports } from './apply-reports/apply-reports';
import { CancelRun } from './cancel-run/cancel-run';
import { DispatchOrders } from './dispatch-orders/dispatch-orders';
import { DispatchSchedule } from './dispatch-orders/dispatch.schedule';
import { ReconcileOrders } from './dispatch-orders/reconcile-orders';
import { SignOrder } from './dispatch-orders/sign-order';
import { RunsController } from './runs.controller';
import { SubmitRun } from './submit-run/submit-run';
import { ViewRuns } from './view-runs/view-runs';

@Module({
  imports: [PresenceModule],
  controllers: [RunsController, AgentReportsController],
  providers: [
    SubmitRun,
    CancelRun,
    ApplyReports,
    ViewRuns,
    SignOrder,
    DispatchOrders,
    ReconcileOrders,
    DispatchSchedule,
  ],
  exports: [ViewRuns],
})
export class RunsModule {}
