import { type BigIntStats, lstatSync } from 'node:fs';

/** A path for the calls of fs, from a string with one character per byte. */
export function bytePath(latin1: string): string | Buffer {
  // Plain ASCII, nearly every path, needs no copy.
  // eslint-disable-next-line no-control-regex -- these are the bytes that UTF-8 writes as they are
  return /^[\x00-\x7f]*$/.test(latin1) ? latin1 : Buffer.from(latin1, 'latin1');
}

/** What lstat(2) says of an absolute path, one character per byte; undefined when nothing is there (any more). */
export function lookAt(latin1: string): BigIntStats | undefined {
  try {
    return lstatSync(bytePath(latin1), { bigint: true });
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

/** Whether a call of fs failed because there is no such entry. */
export function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
