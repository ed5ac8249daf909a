import { constants } from 'node:os';
import type { TransferCause } from '../cause';
import { classifyGateRefusal } from '../gate/gate-refusal';
import { classifySshFailure } from '../ssh/ssh-failure';
import { type CauseName, CAUSES } from './causes';
import { DAEMON_CAUSES, EXIT_CAUSES } from './exit-causes';
import { findErrorStorm, IO_ERRORS, setsOwner } from './error-storm';
import { FileErrorList } from './file-error-list';
import type { FileErrorCount, FileErrors } from './file-errors';
import type { SystemPair } from './system-release';

/** How a transfer ended, in the words of a run's ending. */
export interface TransferOutcome extends Omit<TransferCause, 'layer' | 'side'> {
  readonly result: 'complete' | 'complete-with-warnings' | 'partial' | 'failed' | 'cancelled';
  /** Null when nothing went wrong. */
  readonly layer: TransferCause['layer'] | null;
  readonly side: TransferCause['side'] | null;
}

/** What the runner knows beside exit code and output. */
export interface ExitCircumstances extends SystemPair {
  /** Why we ended it ourselves. */
  readonly stoppedBecause?: 'cancelled' | 'silent' | 'too-long';
  /** From rsync's statistics: 0 when not even a folder could be read. */
  readonly filesTotal?: number;
  /** Of the whole run; else what the tail of stderr shows of them. */
  readonly fileErrors?: FileErrors;
  /** Deletions that `--max-delete` stopped: any other trouble hides its code. */
  readonly deletionsHeld?: number;
}

/**
 * What an ending of rsync means, from its exit code or signal and the tail of its stderr. The code alone is not
 * enough: behind the gate a refused key, a changed host key and a missing disk all come as 5, and one and the same
 * cut line as 10, 12, 30 or 255.
 */
export function classifyRsyncExit(
  exitCode: number | null,
  signal: NodeJS.Signals | null,
  stderrTail: string,
  circumstances: ExitCircumstances = {},
): TransferOutcome {
  if (exitCode === 0) return COMPLETE;
  switch (circumstances.stoppedBecause) {
    case 'cancelled':
      return outcome('cancelled', 'CANCELLED');
    case 'silent':
      return outcome('failed', 'SILENT');
    case 'too-long':
      return outcome('failed', 'TOO_LONG');
    case undefined:
      break;
  }
  const code = exitCode ?? (signal === null ? -1 : 128 + constants.signals[signal]);
  const errors = circumstances.fileErrors ?? fileErrorsIn(stderrTail);
  const isHeld = code === 25 || (circumstances.deletionsHeld ?? 0) > 0;
  if (code === 25 || (code === 24 && isHeld)) return outcome('partial', 'MAX_DELETE');
  if (code === 24) return outcome('complete-with-warnings', 'VANISHED');
  if (code === 23) return withHeld(classifyPartial(errors.counts, circumstances), isHeld);
  const cause = causeOutsideRsync(code, stderrTail) ?? CAUSES[causeOfCode(code, errors.counts)];
  return { result: 'failed', ...cause };
}

/** Nothing was amiss. */
export const COMPLETE: TransferOutcome = {
  result: 'complete',
  code: 'TRANSFER.COMPLETE',
  layer: null,
  side: null,
  retryable: false,
  message: 'Everything selected is at the destination.',
};

function outcome(result: TransferOutcome['result'], name: CauseName): TransferOutcome {
  return { result, ...CAUSES[name] };
}

/** The gate, ssh and the daemon's greeting: whoever stopped the connection before rsync had its say. */
function causeOutsideRsync(code: number, stderr: string): TransferCause | null {
  const gate = classifyGateRefusal(stderr);
  if (gate !== null) return gate;
  const daemon = DAEMON_CAUSES.find(({ pattern }) => pattern.test(stderr));
  if (daemon !== undefined) return CAUSES[daemon.name];
  return CONNECTION_CODES.has(code) ? classifySshFailure(stderr) : null;
}

const CONNECTION_CODES = new Set([2, 5, 10, 12, 14, 16, 30, 35, 124, 125, 255]);

function causeOfCode(code: number, counts: readonly FileErrorCount[]): CauseName {
  const disk = diskCause(counts);
  if (code === 11 && disk !== null) return disk;
  return EXIT_CAUSES[code] ?? (code >= 128 ? 'CRASHED' : 'UNKNOWN');
}

// Numbers, not words: those of the remote may come in its own language. Two are EDQUOT, of macOS and of Linux.
const [NOT_PERMITTED, NO_ENTRY, NO_ACCESS, NO_SPACE, READ_ONLY] = [1, 2, 13, 28, 30];
const QUOTA_USED: ReadonlySet<number | null> = new Set([69, 122]);

function diskCause(counts: readonly FileErrorCount[]): CauseName | null {
  const has = (isMeant: (errno: number) => boolean): boolean =>
    counts.some(({ side, errno }) => side === 'remote' && errno !== null && isMeant(errno));
  if (has((errno) => errno === NO_SPACE)) return 'DISK_FULL';
  if (has((errno) => QUOTA_USED.has(errno))) return 'QUOTA_EXCEEDED';
  if (has((errno) => errno === READ_ONLY)) return 'READ_ONLY_VOLUME';
  if (has((errno) => IO_ERRORS.has(errno))) return 'REMOTE_IO_ERROR';
  if (has((errno) => errno === NO_ACCESS || errno === NOT_PERMITTED)) return 'REMOTE_PERMISSION';
  return null;
}

/** Code 23: some files or attributes are missing. What stands first among the reasons decides what to do. */
function classifyPartial(
  counts: readonly FileErrorCount[],
  circumstances: ExitCircumstances,
): TransferOutcome {
  const has = (isMeant: (count: FileErrorCount) => boolean): boolean => counts.some(isMeant);
  const fails = (isMeant: (errno: number) => boolean): boolean =>
    has(({ kind, errno }) => kind === 'failed' && errno !== null && isMeant(errno));
  if (has(isMissingRoot))
    return outcome(circumstances.filesTotal === 0 ? 'failed' : 'partial', 'SOURCE_MISSING');
  const storm = findErrorStorm(counts, circumstances);
  if (storm !== null) return { ...outcome('partial', storm.name), message: storm.message };
  const disk = diskCause(counts);
  if (disk === 'READ_ONLY_VOLUME') return outcome('failed', disk);
  if (has(isOwnershipRefused)) return outcome('partial', 'OWNERSHIP_REFUSED');
  if (disk !== null) return outcome('partial', disk);
  if (fails((errno) => errno === NOT_PERMITTED)) return outcome('partial', 'PRIVACY_REFUSED');
  if (fails((errno) => IO_ERRORS.has(errno))) return outcome('partial', 'SOURCE_IO_ERROR');
  if (fails((errno) => errno === NO_ACCESS)) return outcome('partial', 'SOURCE_UNREADABLE');
  const isLively = has(isChange) && !has(({ kind }) => kind === 'failed');
  return outcome('partial', isLively ? 'CHANGED_WHILE_READ' : 'PARTIAL');
}

function withHeld(partial: TransferOutcome, isHeld: boolean): TransferOutcome {
  if (!isHeld) return partial;
  return { ...partial, message: `${partial.message} Deletions beyond the number allowed were held back.` };
}

const isMissingRoot = ({ kind, operation, errno, side }: FileErrorCount): boolean =>
  kind === 'failed' && side === 'source' && operation === 'link_stat' && errno === NO_ENTRY;

const isOwnershipRefused = ({ operation, errno, side }: FileErrorCount): boolean =>
  side === 'remote' && errno === NOT_PERMITTED && setsOwner(operation);

const isChange = ({ kind }: FileErrorCount): boolean => kind === 'shrunk' || kind === 'changing';

function fileErrorsIn(stderr: string): FileErrors {
  const list = new FileErrorList();
  for (const line of Buffer.from(stderr)
    .toString('latin1')
    .split(/[\r\n]+/))
    list.take(line);
  return list.all();
}
