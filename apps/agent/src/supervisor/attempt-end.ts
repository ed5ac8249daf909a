import type { FinalRunState, RunOutcome, RunProgress, RunTotals } from '@fleetclone/contracts';
import type { TransferProgress, TransferResult } from '@fleetclone/transfer';
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
export function endOfTransfer(result: TransferResult, durationMs: number): AttemptEnd {
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

/** The end of an attempt that was cut off between publishing and closing: all that was left to do was to close it. */
export function endOfPublished(): AttemptEnd {
  const message =
    'Everything selected is at the destination; the snapshot was published before the agent was stopped.';
  const parts = { code: 'TRANSFER.COMPLETE', layer: null, side: null, message } as const;
  return { state: 'succeeded', outcome: outcome(parts), totals: null };
}

function totalsOf(result: TransferResult, durationMs: number): RunTotals | null {
  const { stats, strategy, streams, compression } = result;
  if (stats === null) return null;
  return {
    strategy,
    streams,
    compression,
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
