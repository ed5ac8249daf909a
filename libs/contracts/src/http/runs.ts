import { z } from 'zod';
import { Instant } from '../primitives';
import { RunOutcome, RunProgressView, RunTotals } from '../run-outcome';
import { RunKind, RunState } from '../run-state';
import { PageQuery, pageOf } from './page';

/** Ask for a run of a plan now. */
export const SubmitRun = z
  .object({ planId: z.uuid(), kind: RunKind.default('backup') })
  .meta({ id: 'SubmitRun' });
export type SubmitRun = z.infer<typeof SubmitRun>;

/** The same, where the address names the plan. */
export const SubmitPlanRun = z.object({ kind: RunKind.default('backup') }).meta({ id: 'SubmitPlanRun' });
export type SubmitPlanRun = z.infer<typeof SubmitPlanRun>;

export const RunView = z
  .object({
    id: z.uuid(),
    kind: RunKind,
    state: RunState,
    fence: z.int().nonnegative(),
    plan: z.object({ id: z.uuid(), name: z.string() }),
    mac: z.object({ id: z.uuid(), name: z.string() }),
    remote: z.object({ id: z.uuid(), name: z.string() }),
    submittedBy: z.string(),
    submittedAt: Instant,
    startedAt: Instant.nullable(),
    finishedAt: Instant.nullable(),
    cancelRequestedAt: Instant.nullable(),
    /** Why a run that has not begun is waiting, in plain words; null once it has begun. */
    waitingFor: z.string().nullable(),
    /** The Mac has not been heard of for a while; not an end: the transfer may well go on. */
    isDisconnected: z.boolean(),
    progress: RunProgressView.nullable(),
    outcome: RunOutcome.nullable(),
    totals: RunTotals.nullable(),
  })
  .meta({ id: 'Run' });
export type RunView = z.infer<typeof RunView>;
export const RunPage = pageOf(RunView).meta({ id: 'RunPage' });
export type RunPage = z.infer<typeof RunPage>;

export const ListRunsQuery = PageQuery.extend({
  macId: z.uuid().optional(),
  planId: z.uuid().optional(),
  state: RunState.optional(),
});
export type ListRunsQuery = z.infer<typeof ListRunsQuery>;

/** One line of a run's history: a change of state, or something the agent logged. `id` grows with time. */
export const RunEventView = z
  .object({
    id: z.string().regex(/^\d+$/),
    at: Instant,
    kind: z.enum(['state', 'log', 'note']),
    level: z.enum(['info', 'warn', 'error']),
    state: RunState.nullable(),
    message: z.string(),
  })
  .meta({ id: 'RunEvent' });
export type RunEventView = z.infer<typeof RunEventView>;

/** Events after the one named, oldest first; without it the newest ones, still oldest first. */
export const ListRunEventsQuery = z.object({
  after: z.string().regex(/^\d+$/).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(200),
});
export type ListRunEventsQuery = z.infer<typeof ListRunEventsQuery>;
export const RunEventList = z.object({ items: z.array(RunEventView) }).meta({ id: 'RunEventList' });
export type RunEventList = z.infer<typeof RunEventList>;
