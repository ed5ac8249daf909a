import { type CauseName, CAUSES } from './causes';
import type { FileErrorCount } from './file-errors';
import { isOlderThanSource, type SystemPair } from './system-release';

/** From here on nobody wants to read a list, but one cause. */
const LEAST_OF_A_STORM = 1_000;
/** With two systems that cannot work together, fewer are proof enough. */
const LEAST_OF_OLD_SYSTEM = 10;
const SHARE_OF_A_STORM = 0.9;

/** The numbers are the same on every system. */
const NOT_PERMITTED = 1;
export const IO_ERRORS: ReadonlySet<number> = new Set([5, 6, 19]); // EIO, and ENXIO and ENODEV of a detached disk

export interface ErrorStorm {
  readonly name: CauseName;
  /** Numbers and cause, in plain words. */
  readonly message: string;
}

/**
 * One cause behind thousands of errors, or null when they are few or of many kinds. A Mac before 10.9.5 answers
 * "Input/output error" to every file with what Yosemite brought; a dying disk does so too, and privacy protection
 * answers "Operation not permitted".
 */
export function findErrorStorm(counts: readonly FileErrorCount[], systems: SystemPair): ErrorStorm | null {
  const failed = counts.filter(({ kind }) => kind === 'failed');
  const total = sum(failed);
  const of = (side: FileErrorCount['side'], isMeant: (count: FileErrorCount) => boolean): number =>
    sum(failed.filter((count) => count.side === side && isMeant(count)));
  const isIo = ({ errno }: FileErrorCount): boolean => errno !== null && IO_ERRORS.has(errno);
  const isRefused = ({ errno, operation }: FileErrorCount): boolean =>
    errno === NOT_PERMITTED && !setsOwner(operation);
  const remoteIo = of('remote', isIo);
  if (remoteIo >= LEAST_OF_OLD_SYSTEM && isOlderThanSource(systems))
    return storm('REMOTE_OS_TOO_OLD', remoteIo, 'Input/output error', 'remote');
  const isStorm = (count: number): boolean => count >= LEAST_OF_A_STORM && count >= total * SHARE_OF_A_STORM;
  if (isStorm(remoteIo)) return storm('REMOTE_DISK_FAILING', remoteIo, 'Input/output error', 'remote');
  const sourceIo = of('source', isIo);
  if (isStorm(sourceIo)) return storm('SOURCE_DISK_FAILING', sourceIo, 'Input/output error', 'source');
  const sourceRefused = of('source', isRefused);
  if (isStorm(sourceRefused))
    return storm('PRIVACY_REFUSED', sourceRefused, 'Operation not permitted', 'source');
  const remoteRefused = of('remote', isRefused);
  if (isStorm(remoteRefused))
    return storm('REMOTE_PRIVACY_REFUSED', remoteRefused, 'Operation not permitted', 'remote');
  return null;
}

/** Refused owners are another cause: an account that is not root. */
export const setsOwner = (operation: string): boolean => /^(?:chown|chgrp|mknod|lchown)/.test(operation);

const sum = (counts: readonly FileErrorCount[]): number =>
  counts.reduce((total, { count }) => total + count, 0);

function storm(name: CauseName, count: number, words: string, side: FileErrorCount['side']): ErrorStorm {
  const where = side === 'source' ? 'The source Mac' : 'The remote';
  const times = count.toLocaleString('en-GB');
  return { name, message: `${where} answered "${words}" ${times} times. ${CAUSES[name].message}` };
}
