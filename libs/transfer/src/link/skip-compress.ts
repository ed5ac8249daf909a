const MOST_SUFFIXES = 200;

/** A list of suffixes that must not reach rsync. */
export class SkipCompressError extends Error {
  override readonly name = 'SkipCompressError';
  readonly code = 'TRANSFER.SKIP_COMPRESS_INVALID';

  constructor(readonly reason: string) {
    super(`the suffixes of files that are not compressed ${reason}`);
  }
}

/**
 * The value of rsync's --skip-compress for suffixes that somebody chose, without dots, or null for rsync's own list,
 * which is long and good: then nothing is passed. An empty list compresses every file. Throws SkipCompressError.
 */
export function renderSkipCompress(suffixes: readonly string[] | null): string | null {
  if (suffixes === null) return null;
  if (suffixes.length > MOST_SUFFIXES) throw new SkipCompressError(`must be at most ${MOST_SUFFIXES}`);
  for (const suffix of suffixes) {
    // rsync gives slashes, asterisks and brackets a meaning.
    if (!/^[A-Za-z0-9]{1,16}$/.test(suffix))
      throw new SkipCompressError('must each be 1 to 16 letters and digits, without a dot');
  }
  // rsync compares them with file names in lower case.
  return [...new Set(suffixes.map((suffix) => suffix.toLowerCase()))].join('/');
}
