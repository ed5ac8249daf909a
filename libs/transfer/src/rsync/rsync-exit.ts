import { constants } from 'node:os';
import type { TransferCause } from '../cause';
import { classifyGateRefusal } from '../gate/gate-refusal';
import { classifySshFailure } from '../ssh/ssh-failure';
import { type CauseName, CAUSES } from './causes';
import { DAEMON_CAUSES, EXIT_CAUSES } from './exit-causes';
import { FileErrorList, type FileError } from './file-errors';

/** How a transfer ended, in the words of a run's ending. */
export interface TransferOutcome extends Omit<TransferCause, 'layer' | 'side'> {
  readonly result: 'complete' | 'complete-with-warnings' | 'partial' | 'failed' | 'cancelled';
  /** Null when nothing went wrong. */
  readonly layer: TransferCause['layer'] | null;
  readonly side: TransferCause['side'] | null;
}

/** What the runner knows beside exit code and output. */
export interface ExitCircumstances {
  /** Why we ended it ourselves. */
  readonly stoppedBecause?: 'cancelled' | 'silent' | 'too-long';
  /** From rsync's statistics: 0 when not even a folder could be read. */
  readonly filesTotal?: number;
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
  const errors = fileErrorsIn(stderrTail);
  if (code === 24) return outcome('complete-with-warnings', 'VANISHED');
  if (code === 23) return classifyPartial(errors, circumstances);
  const cause = causeOutsideRsync(code, stderrTail) ?? CAUSES[causeOfCode(code, errors)];
  return { result: 'failed', ...cause };
}

const COMPLETE: TransferOutcome = {
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

const CONNECTION_CODES = new Set([2, 5, 10, 12, 14, 16, 30, 35, 255]);

function causeOfCode(code: number, errors: readonly FileError[]): CauseName {
  const disk = diskCause(errors);
  if (code === 11 && disk !== null) return disk;
  return EXIT_CAUSES[code] ?? (code >= 128 ? 'CRASHED' : 'UNKNOWN');
}

function diskCause(errors: readonly FileError[]): CauseName | null {
  const says = (pattern: RegExp): boolean =>
    errors.some(({ message, side }) => side === 'remote' && pattern.test(message));
  if (says(/^No space left on device/)) return 'DISK_FULL';
  if (says(/^Dis[ck] quota exceeded/)) return 'QUOTA_EXCEEDED';
  if (says(/^Read-only file system/)) return 'READ_ONLY_VOLUME';
  if (says(/^Input\/output error/)) return 'REMOTE_IO_ERROR';
  if (says(/^(?:Permission denied|Operation not permitted)/)) return 'REMOTE_PERMISSION';
  return null;
}

/** Code 23: some files or attributes are missing. What stands first among the reasons decides what to do. */
function classifyPartial(errors: readonly FileError[], { filesTotal }: ExitCircumstances): TransferOutcome {
  if (errors.some(isMissingRoot)) return outcome(filesTotal === 0 ? 'failed' : 'partial', 'SOURCE_MISSING');
  const disk = diskCause(errors);
  if (disk === 'READ_ONLY_VOLUME') return outcome('failed', disk);
  if (errors.some(isOwnershipRefused)) return outcome('partial', 'OWNERSHIP_REFUSED');
  if (disk !== null) return outcome('partial', disk);
  const says = (pattern: RegExp): boolean => errors.some(({ message }) => pattern.test(message));
  if (says(/^Operation not permitted/)) return outcome('partial', 'PRIVACY_REFUSED');
  if (says(/^Input\/output error/)) return outcome('partial', 'SOURCE_IO_ERROR');
  if (says(/^Permission denied/)) return outcome('partial', 'SOURCE_UNREADABLE');
  return outcome('partial', 'PARTIAL');
}

const isMissingRoot = ({ operation, errno, side }: FileError): boolean =>
  side === 'source' && operation === 'link_stat' && errno === 2;

const isOwnershipRefused = ({ operation, errno, side }: FileError): boolean =>
  side === 'remote' && errno === 1 && /^(?:chown|chgrp|mknod|lchown)/.test(operation);

function fileErrorsIn(stderr: string): readonly FileError[] {
  const list = new FileErrorList();
  for (const line of Buffer.from(stderr)
    .toString('latin1')
    .split(/[\r\n]+/))
    list.take(line);
  return list.all().first;
}
