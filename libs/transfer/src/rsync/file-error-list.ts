import { type FileError, type FileErrorCount, type FileErrors, parseFileError } from './file-errors';

export const NO_FILE_ERRORS: FileErrors = { first: [], count: 0, counts: [] };

const KEPT = 100;
// There are some dozens of messages. Whoever makes up more gets them counted together.
const KINDS = 200;

/** Counts all errors and keeps the first hundred. */
export class FileErrorList {
  private readonly first: FileError[] = [];
  private readonly counts = new Map<string, FileErrorCount>();
  private count = 0;

  /** Takes a line of rsync's stderr; null when it is no error of a file. */
  take(line: string): FileErrorTaken | null {
    const error = parseFileError(line);
    if (error === null) return null;
    this.count += 1;
    if (this.first.length < KEPT) this.first.push(error);
    return { error, alike: this.countAlike(error) };
  }

  all(): FileErrors {
    return { first: [...this.first], count: this.count, counts: [...this.counts.values()] };
  }

  private countAlike({ kind, side, operation, errno, message }: FileError): number {
    const like = { kind, side, operation, errno, message };
    const own = keyOf(like);
    const other = { ...like, operation: 'other', errno: null, message: 'other errors' };
    const isOwn = this.counts.has(own) || this.counts.size < KINDS;
    const [key, entry] = isOwn ? [own, like] : [keyOf(other), other];
    const count = (this.counts.get(key)?.count ?? 0) + 1;
    this.counts.set(key, { ...entry, count });
    return count;
  }
}

const keyOf = ({ kind, side, operation, errno, message }: Omit<FileErrorCount, 'count'>): string =>
  `${kind} ${side} ${errno}\0${operation}\0${message}`;

/** An error, and how many of its kind there were with it. */
export interface FileErrorTaken {
  readonly error: FileError;
  readonly alike: number;
}

/** The errors of several runs of rsync. */
export function joinFileErrors(runs: readonly FileErrors[]): FileErrors {
  const counts = new Map<string, FileErrorCount>();
  for (const { count, ...like } of runs.flatMap((run) => run.counts)) {
    const key = keyOf(like);
    counts.set(key, { ...like, count: count + (counts.get(key)?.count ?? 0) });
  }
  return {
    first: runs.flatMap(({ first }) => first).slice(0, KEPT),
    count: runs.reduce((sum, { count }) => sum + count, 0),
    counts: [...counts.values()],
  };
}
