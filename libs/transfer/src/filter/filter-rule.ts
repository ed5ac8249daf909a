/**
 * A rule of a plan's filter. The first rule that matches an entry decides; what none matches is copied. Patterns are
 * those of rsync(1), "PATTERN MATCHING RULES"; a leading slash means the source Mac's `/`, since copies keep the whole
 * path.
 */
export interface FilterRule {
  /** `protect`: copied as if there were no rule, but not deleted at the destination when it is gone from the source. */
  readonly kind: 'include' | 'exclude' | 'protect';
  readonly pattern: string;
}

/** Where rsync keeps files that are not complete or not yet in place, beside the files they will become. */
export const PARTIAL_FOLDER = '.fleetclone-partial';

/** rsync drops longer rules with no more than a word on stderr. */
const MOST_PATTERN_BYTES = 4096;

/** A pattern that cannot be part of an rsync filter rule. */
export class FilterPatternError extends Error {
  override readonly name = 'FilterPatternError';
  readonly code = 'TRANSFER.PATTERN_INVALID';

  constructor(readonly pattern: string) {
    super('a pattern must not be empty, longer than 4,096 bytes or hold NUL');
  }
}

/** Throws FilterPatternError. */
export function assertPattern(pattern: string): void {
  const isSound =
    pattern !== '' && !pattern.includes('\0') && Buffer.byteLength(pattern) <= MOST_PATTERN_BYTES;
  if (!isSound) throw new FilterPatternError(pattern);
}

/** The pattern that matches this absolute path and no other. */
export function patternOfPath(path: string): string {
  // A backslash escapes only in patterns that hold a wildcard.
  return /[*?[]/.test(path) ? escapeWildcards(path) : path;
}

/** The pattern that matches everything below this absolute path, but not the path itself. */
export function patternBelow(path: string): string {
  return `${escapeWildcards(path)}/**`;
}

const escapeWildcards = (path: string): string => path.replace(/[\\*?[]/g, '\\$&');
