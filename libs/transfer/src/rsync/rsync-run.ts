import type { FileErrors } from './file-errors';
import type { RsyncArgument } from './rsync-argument';
import type { RsyncDeletedEvent, RsyncItemEvent } from './output-lines';
import type { TransferProgress } from './progress-tracker';
import type { TransferOutcome } from './rsync-exit';
import type { RsyncStats } from './rsync-stats';
import type { FileErrorFile, RunLogLine } from './run-log';
import type { SystemPair } from './system-release';

/** What `silenceTimeoutMs` should be: over a large, unchanged tree rsync is silent for long, and dead lines are its own `--timeout`'s business. */
export const USUAL_SILENCE_TIMEOUT_MS = 30 * 60_000;

export interface RunRsyncOptions {
  /** Absolute path of rsync, from `detectRsync`. */
  readonly binary: string;
  readonly args: readonly RsyncArgument[];
  /** The attempt's own folder, which must exist: working directory, and place of `file-errors.jsonl` and `stderr.log`. */
  readonly folder: string;
  /** Ends the run when rsync wrote nothing for so long. */
  readonly silenceTimeoutMs: number;
  /** Ends the run whatever it does. */
  readonly totalTimeoutMs?: number;
  /** At most once a second. */
  readonly onProgress: (progress: TransferProgress) => void;
  readonly onLog: (line: RunLogLine) => void;
  /** Each entry that is, or in a dry run would be, created, changed or deleted; names are exact. */
  readonly onItem?: (event: RsyncItemEvent | RsyncDeletedEvent) => void;
  /** The kept connection that rsync's ssh uses: only there stands why it was lost. */
  readonly ssh?: { readonly stderrTail: () => string };
  /** Tells causes apart that look the same in rsync's words. */
  readonly systems?: SystemPair;
  /** Before anything else happens: write the number down, so that it can be found after a crash. */
  readonly onSpawn: (child: { readonly pid: number }) => void;
  /** Aborting cancels: SIGTERM to the process group, SIGKILL ten seconds later. */
  readonly signal: AbortSignal;
}

export interface RsyncRunResult {
  readonly outcome: TransferOutcome;
  /** Null when rsync did not get as far as its statistics. */
  readonly stats: RsyncStats | null;
  readonly durationMs: number;
  readonly fileErrors: FileErrors;
  /** All of them; null when there were none. */
  readonly fileErrorFile: FileErrorFile | null;
  /** The source could not be read completely, so nothing was deleted from the copy. */
  readonly deletionsSkipped: boolean;
  /** Deletions beyond what `--max-delete` allows; they were not made. */
  readonly deletionsHeld: number;
  readonly exitCode: number | null;
  readonly exitSignal: NodeJS.Signals | null;
  /** The last 64 KiB of what was no error of a file. */
  readonly stderrTail: string;
  readonly arguments: readonly RsyncArgument[];
}
