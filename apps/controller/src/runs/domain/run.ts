import { finalRunStates, isFinalRunState, type RunState } from '@fleetclone/contracts';

/**
 * Who may follow whom. An agent that was restarted takes the same attempt up again from its preflight, so that is reachable from
 * every later step. A run under way goes back to `queued` only to be dispatched anew, under a higher fence.
 */
const next = {
  queued: ['dispatched', 'cancelled', 'expired'],
  dispatched: ['accepted', 'queued', ...finalRunStates],
  accepted: ['preflight', 'queued', ...finalRunStates],
  preflight: ['transferring', 'held', 'queued', ...finalRunStates],
  transferring: ['preflight', 'verifying', 'publishing', 'held', 'queued', ...finalRunStates],
  verifying: ['preflight', 'publishing', 'queued', ...finalRunStates],
  publishing: ['preflight', 'queued', ...finalRunStates],
  held: ['preflight', 'transferring', 'queued', ...finalRunStates],
  succeeded: [],
  partial: [],
  failed: [],
  cancelled: [],
  'not-ready': [],
  expired: [],
} as const satisfies Record<RunState, readonly RunState[]>;

/** Whether a run in state `from` may move to `to`. The move itself is a conditional update on (state, fence). */
export function mayMove(from: RunState, to: RunState): boolean {
  return (next[from] as readonly RunState[]).includes(to);
}

/** States in which an agent has, or is about to get, the run: one such run per Mac and plan at a time. */
export const activeRunStates = [
  'dispatched',
  'accepted',
  'preflight',
  'transferring',
  'verifying',
  'publishing',
  'held',
] as const satisfies readonly RunState[];

export function isActiveRunState(state: RunState): boolean {
  return state !== 'queued' && !isFinalRunState(state);
}

/** `YYYY-MM-DDTHHMMSSZ`, as archive folders are called: sorts by time and is safe in every file system. */
export function archiveName(dispatchedAt: Date): string {
  return dispatchedAt
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '');
}
