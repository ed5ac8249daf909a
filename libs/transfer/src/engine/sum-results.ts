import { joinFileErrors } from '../rsync/file-error-list';
import type { FileErrors } from '../rsync/file-errors';
import type { RsyncRunResult } from '../rsync/rsync-run';
import type { TransferOutcome } from '../rsync/rsync-exit';
import type { RsyncStats } from '../rsync/rsync-stats';

const SEVERITY = ['complete', 'complete-with-warnings', 'partial', 'cancelled', 'failed'] as const;

/** Whether the destination now has everything that the source had to give. */
export const isGood = ({ result }: TransferOutcome): boolean =>
  result === 'complete' || result === 'complete-with-warnings';

/** Whether the pass got through, so that another may follow. */
export const gotThrough = ({ outcome }: RsyncRunResult): boolean =>
  isGood(outcome) || outcome.result === 'partial';

/** The outcome of several passes: that of the worst, the first of its kind. Throws RangeError for none. */
export function worstOutcome(results: readonly RsyncRunResult[]): TransferOutcome {
  const [first, ...others] = results;
  if (first === undefined) throw new RangeError('no pass, no outcome');
  const rank = ({ outcome }: RsyncRunResult): number => SEVERITY.indexOf(outcome.result);
  return others.reduce((worst, one) => (rank(one) > rank(worst) ? one : worst), first).outcome;
}

/** What all passes did together. `filesTotal` and `bytesTotal` are of the whole selection. */
export function sumStats(
  results: readonly RsyncRunResult[],
  whole: { readonly filesTotal: number; readonly bytesTotal: number } | null,
): RsyncStats | null {
  const stats = results.flatMap((one) => one.stats ?? []);
  const last = stats.at(-1);
  if (last === undefined && whole === null) return null;
  const sum = (key: keyof RsyncStats): number => stats.reduce((total, one) => total + one[key], 0);
  return {
    filesTotal: whole?.filesTotal ?? last?.filesTotal ?? 0,
    bytesTotal: whole?.bytesTotal ?? last?.bytesTotal ?? 0,
    filesTransferred: sum('filesTransferred'),
    filesDeleted: sum('filesDeleted'),
    bytesTransferred: sum('bytesTransferred'),
    literalBytes: sum('literalBytes'),
    bytesSent: sum('bytesSent'),
    bytesReceived: sum('bytesReceived'),
  };
}

export function sumFileErrors(results: readonly RsyncRunResult[]): FileErrors {
  return joinFileErrors(results.map(({ fileErrors }) => fileErrors));
}
