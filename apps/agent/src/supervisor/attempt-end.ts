import type { FinalRunState, RunOutcome, RunProgress, RunTotals } from '@fleetclone/contracts';
import type { RsyncRunResult, TransferProgress } from '@fleetclone/transfer';
import { outcome } from './outcomes';

/** How an attempt ended, as it is reported. */
export interface AttemptEnd {
  readonly state: Extract<FinalRunState, 'succeeded' | 'partial' | 'failed' | 'cancelled' | 'not-ready'>;
  readonly outcome: RunOutcome;
  readonly totals: RunTotals | null;
}

/**
 * The end of a transfer that got through: complete, or with files that are missing from the copy. Files that were deleted at the
 * source during the run are missing from nothing: the run succeeded, and names them.
 */
export function endOfTransfer(result: RsyncRunResult, durationMs: number): AttemptEnd {
  const { result: ending, code, layer, side, retryable, message } = result.outcome;
  const fileErrors = result.fileErrors.first.map((error) => ({
    path: error.path.display,
    message: error.message,
  }));
  const kept = result.deletionsSkipped ? ' Nothing was deleted from the copy.' : '';
  return {
    state: ending === 'partial' ? 'partial' : 'succeeded',
    outcome: outcome({
      code,
      layer,
      side,
      retryable,
      message: `${message}${kept}`,
      fileErrors: fileErrors.slice(0, 100),
      fileErrorCount: result.fileErrors.count,
    }),
    totals: totalsOf(result, durationMs),
  };
}

function totalsOf({ stats }: RsyncRunResult, durationMs: number): RunTotals | null {
  if (stats === null) return null;
  return {
    filesTotal: stats.filesTotal,
    filesTransferred: stats.filesTransferred,
    filesDeleted: stats.filesDeleted,
    bytesTotal: stats.bytesTotal,
    bytesTransferred: stats.bytesTransferred,
    bytesSent: stats.bytesSent,
    bytesReceived: stats.bytesReceived,
    durationMs: Math.round(durationMs),
  };
}

/** rsync's progress in the words of a report. */
export function presentProgress(progress: TransferProgress): RunProgress {
  const { phase, bytesDone, bytesTotal, filesDone, filesTotal, bytesPerSecond, etaSeconds, currentFile } =
    progress;
  return { phase, bytesDone, bytesTotal, filesDone, filesTotal, bytesPerSecond, etaSeconds, currentFile };
}
