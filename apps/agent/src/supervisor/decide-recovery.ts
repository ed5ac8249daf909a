import type { AttemptKey } from '../journal/attempt-journal';

export interface RecoveryCandidate {
  readonly key: AttemptKey;
  readonly isEnded: boolean;
  /** False when the attempt was cancelled before its order came. */
  readonly hasOrder: boolean;
}

/**
 * What the next start does with an attempt: `rest` when it has ended (its reports are sent by the spool), `supersede` when a
 * newer attempt at the run is known, else `resume` under the same fence.
 */
export function decideRecovery(
  candidate: RecoveryCandidate,
  newestFence: (runId: string) => number,
): 'rest' | 'supersede' | 'resume' {
  if (candidate.isEnded || !candidate.hasOrder) return 'rest';
  return candidate.key.fence < newestFence(candidate.key.runId) ? 'supersede' : 'resume';
}
