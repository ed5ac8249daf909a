import {
  type LogReport,
  type ResultReport,
  type RunReport,
  type RunState,
  type StateReport,
} from '@fleetclone/contracts';
import type { Database } from '../../platform/prisma/prisma';
import { mayMove } from '../domain/run';
import { stateToRow } from '../view-runs/run.presenter';

export interface RunUnderReport {
  readonly id: string;
  readonly planId: string;
  readonly state: RunState;
  readonly fence: number;
  readonly reportSeq: number;
  readonly startedAt: Date | null;
}

/** Lines kept of one run's log; beyond, only what is worse than `info` is. */
const maxLogLines = 2_000;

/**
 * Applies the reports of a run's own attempt, in order. The run's row is locked by the caller; a report whose number was applied
 * before is passed over. Returns the state the run is in afterwards.
 */
export async function applyToRun(
  database: Database,
  run: RunUnderReport,
  reports: readonly RunReport[],
): Promise<RunState> {
  const fresh = reports.filter((report) => report.seq > run.reportSeq);
  const last = fresh.at(-1);
  if (last === undefined) return run.state;
  let state = run.state;
  for (const report of fresh) {
    if (report.type === 'state' || report.type === 'result')
      state = await applyMove(database, run, state, report);
    else if (report.type === 'log') await applyLog(database, run, report);
  }
  const progress = fresh.filter((report) => report.type === 'progress').at(-1);
  if (progress !== undefined) {
    const data = { at: new Date(), progress: progress.progress };
    await database.runProgress.upsert({
      where: { runId: run.id },
      create: { runId: run.id, ...data },
      update: data,
    });
  }
  await database.run.update({ where: { id: run.id }, data: { reportSeq: last.seq } });
  return state;
}

async function applyMove(
  database: Database,
  run: RunUnderReport,
  from: RunState,
  report: StateReport | ResultReport,
): Promise<RunState> {
  const event = { runId: run.id, fence: report.fence, seq: report.seq, line: 0 };
  const isRepeat = from === report.state;
  if (!isRepeat && !mayMove(from, report.state)) {
    await database.runEvent.create({
      data: {
        ...event,
        kind: 'note',
        level: 'warn',
        message: `the agent reported ${report.state}, but the run was ${from} already`,
      },
    });
    return from;
  }
  const now = new Date();
  await database.run.update({
    where: { id: run.id },
    data: {
      state: stateToRow(report.state),
      ...(run.startedAt === null && from === 'dispatched' && { startedAt: now }),
      ...(report.type === 'result' && {
        finishedAt: now,
        outcome: report.outcome,
        ...(report.totals !== null && { totals: report.totals }),
      }),
    },
  });
  const level = report.type === 'result' ? levelOf(report) : 'info';
  const message = report.type === 'result' ? report.outcome.message : `the agent is at ${report.state}`;
  await database.runEvent.create({
    data: { ...event, kind: 'state', level, state: stateToRow(report.state), message },
  });
  if (report.state === 'succeeded') {
    await database.plan.update({ where: { id: run.planId }, data: { lastSuccessAt: now } });
  }
  return report.state;
}

function levelOf(report: ResultReport): 'info' | 'warn' | 'error' {
  if (report.state === 'succeeded') return 'info';
  return report.state === 'failed' ? 'error' : 'warn';
}

async function applyLog(database: Database, run: RunUnderReport, report: LogReport): Promise<void> {
  const kept = await database.runEvent.count({ where: { runId: run.id, kind: 'log' } });
  const room = Math.max(0, maxLogLines - kept);
  const lines = report.lines.filter((line, index) => index < room || line.level !== 'info');
  await database.runEvent.createMany({
    data: lines.map((line, index) => ({
      runId: run.id,
      kind: 'log' as const,
      level: line.level,
      message: line.text,
      fence: report.fence,
      seq: report.seq,
      line: index,
    })),
  });
}
