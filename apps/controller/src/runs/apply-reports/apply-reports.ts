import { isFinalRunState, type ReportBatch, type ReportReceipt, type RunReport } from '@fleetclone/contracts';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { loggerToken } from '../../platform/injection';
import { announceFleet, announceOrders, announceRun } from '../../platform/live/announce';
import { type Database, Prisma } from '../../platform/prisma/prisma';
import { stateFromRow } from '../view-runs/run.presenter';
import { applyToRun, type RunUnderReport } from './apply-to-run';

/** Applies what agents report, each report exactly once, whatever is sent twice, late or out of turn. */
@Injectable()
export class ApplyReports {
  constructor(
    private readonly prisma: Prisma,
    @Inject(loggerToken) private readonly logger: Logger,
  ) {}

  /** The receipt names, for every attempt in the batch, the number up to which nothing need be sent again. */
  async execute(macId: string, batch: ReportBatch): Promise<ReportReceipt> {
    const acknowledged: ReportReceipt['acknowledged'] = [];
    const cancel: ReportReceipt['cancel'] = [];
    for (const reports of groupByAttempt(batch.reports)) {
      const [{ runId, fence }] = reports;
      const isUnwanted = await this.prisma.$transaction((database) =>
        this.applyAttempt(database, macId, reports),
      );
      acknowledged.push({ runId, fence, seq: Math.max(...reports.map((report) => report.seq)) });
      if (isUnwanted) cancel.push({ runId, fence });
    }
    return { acknowledged, cancel };
  }

  /** One transaction for all of an attempt's reports. Returns whether the agent should stop that attempt. */
  private async applyAttempt(database: Database, macId: string, reports: AttemptReports): Promise<boolean> {
    const [{ runId, fence }] = reports;
    await database.$queryRaw`SELECT 1 FROM "Run" WHERE "id" = ${runId}::uuid FOR UPDATE`;
    const run = await database.run.findUnique({ where: { id: runId } });
    if (run === null || run.macId !== macId) {
      this.logger.warn(
        { event: 'report.foreign', macId, runId },
        'report about a run that is not this Mac’s',
      );
      return true;
    }
    const hasEnded = reports.some((report) => report.type === 'result');
    if (fence !== run.fence) {
      await keepStale(database, reports);
      return !hasEnded;
    }
    const before = stateFromRow(run.state);
    const subject: RunUnderReport = { ...run, state: before };
    const after = await applyToRun(database, subject, reports);
    await announceRun(database, runId);
    if (!isFinalRunState(before) && isFinalRunState(after)) {
      // The Mac is free for its next run, and its protection may have changed.
      await announceOrders(database);
      await announceFleet(database);
      this.logger.info({ event: 'run.ended', runId, fence, state: after }, 'run ended');
    }
    return !hasEnded && (isFinalRunState(after) || run.cancelRequestedAt !== null);
  }
}

type AttemptReports = readonly [RunReport, ...RunReport[]];

/** Reports of one attempt together, in the order of their numbers. */
function groupByAttempt(reports: readonly RunReport[]): AttemptReports[] {
  const groups = new Map<string, [RunReport, ...RunReport[]]>();
  for (const report of reports) {
    const key = `${report.runId}.${report.fence}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [report]);
    else group.push(report);
  }
  return [...groups.values()].map((group) => group.sort((one, other) => one.seq - other.seq));
}

/** What an attempt that was fenced off still says is kept, once, and changes nothing. */
async function keepStale(database: Database, reports: AttemptReports): Promise<void> {
  await database.runEvent.createMany({
    skipDuplicates: true,
    data: reports
      .filter((report) => report.type === 'state' || report.type === 'result')
      .map((report) => ({
        runId: report.runId,
        kind: 'note' as const,
        level: 'warn' as const,
        fence: report.fence,
        seq: report.seq,
        line: 0,
        message: `attempt ${report.fence}, which was superseded, reported ${report.state}`,
      })),
  });
}
