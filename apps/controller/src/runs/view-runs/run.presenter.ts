import {
  isFinalRunState,
  RunOutcome,
  RunProgress,
  RunTotals,
  RunState,
  type RunEventView,
  type RunView,
} from '@fleetclone/contracts';
import type { RunGetPayload } from '../../generated/prisma/models/Run';
import type { RunEventModel } from '../../generated/prisma/models/RunEvent';
import type { RunState as RunStateRow } from '../../generated/prisma/enums';

export const runInclude = {
  plan: { select: { id: true, name: true, credential: { select: { trust: true, problem: true } } } },
  mac: { select: { id: true, name: true, lastSeenAt: true } },
  remote: { select: { id: true, name: true } },
  progress: true,
} as const;

export type RunRow = RunGetPayload<{ include: typeof runInclude }>;

/** Database enums cannot hold a hyphen. */
export const stateFromRow = (state: RunStateRow): RunState => (state === 'not_ready' ? 'not-ready' : state);
export const stateToRow = (state: RunState): RunStateRow => (state === 'not-ready' ? 'not_ready' : state);

export interface RunContext {
  readonly isOnline: boolean;
  /** Another run of the same Mac or plan that is in the way. */
  readonly blocker: { readonly planName: string } | null;
}

/** What the outside sees of a run. */
export function presentRun(row: RunRow, context: RunContext): RunView {
  const state = stateFromRow(row.state);
  const isUnderWay = !isFinalRunState(state);
  return {
    id: row.id,
    kind: row.kind,
    state,
    fence: row.fence,
    plan: { id: row.plan.id, name: row.plan.name },
    mac: { id: row.mac.id, name: row.mac.name },
    remote: { id: row.remote.id, name: row.remote.name },
    submittedBy: row.submittedBy,
    submittedAt: row.submittedAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    cancelRequestedAt: row.cancelRequestedAt?.toISOString() ?? null,
    waitingFor: waitingFor(row, state, context),
    isDisconnected: isUnderWay && row.startedAt !== null && !context.isOnline,
    progress:
      isUnderWay && row.progress !== null
        ? { ...RunProgress.parse(row.progress.progress), at: row.progress.at.toISOString() }
        : null,
    outcome: row.outcome === null ? null : RunOutcome.parse(row.outcome),
    totals: row.totals === null ? null : RunTotals.parse(row.totals),
  };
}

function waitingFor(row: RunRow, state: RunState, context: RunContext): string | null {
  if (state === 'dispatched') {
    return context.isOnline
      ? `waiting for ${row.mac.name} to take it up`
      : `waiting for ${row.mac.name}, which is away`;
  }
  if (state !== 'queued') return null;
  const { trust, problem } = row.plan.credential;
  if (trust === 'refused')
    return `${row.remote.name} refused the credential: ${problem ?? 'no reason given'}`;
  if (trust === 'creating') return `waiting for ${row.mac.name} to make its credential`;
  if (trust === 'authorising')
    return `waiting for ${row.remote.name} to let the credential of ${row.mac.name} in`;
  if (context.blocker !== null)
    return `waiting for the run of ${context.blocker.planName} on ${row.mac.name} to end`;
  return 'about to be dispatched';
}

export function presentRunEvent(row: RunEventModel): RunEventView {
  return {
    id: row.id.toString(),
    at: row.at.toISOString(),
    kind: row.kind,
    level: row.level,
    state: row.state === null ? null : stateFromRow(row.state),
    message: row.message,
  };
}
