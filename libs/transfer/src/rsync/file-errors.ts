import { decodeRsyncName, displayBytes, type RsyncName } from './rsync-name';

/** One file or folder that rsync complained of. */
export interface FileError {
  /** On the source as it is there; on the remote seen from the plan's folder. */
  readonly path: RsyncName;
  /** The system's words, such as `Permission denied`. */
  readonly message: string;
  readonly errno: number | null;
  readonly side: 'source' | 'remote';
  /** What rsync was doing, such as `opendir` or `send_files failed to open`. */
  readonly operation: string;
}

/** The first hundred errors and the number of all of them. */
export interface FileErrors {
  readonly first: readonly FileError[];
  readonly count: number;
}

const KEPT = 100;
const VANISHED = /^file has vanished: "(.*)"(?: \(in .*\))?$/;
const SYSTEM = /^rsync: \[(\w+)\] (.*): ([^:"]+) \((\d+)\)$/;
const UNQUOTED = /^(\w+: \w+)\((.*?)(?:, \w+)?\)/;
const VERIFICATION =
  /^ERROR: (.*) failed verification -- update (?:discarded|put into partial-dir|retained)\.?/;
const LEFT = /^cannot delete non-empty directory: (.*)$/;

/**
 * One line of rsync's stderr as an error of a file, or null for any other line. In a push the sender is the source
 * Mac; receiver and generator are the remote. `line` has one character per byte. Formats: rsync 3.2.7 to 3.5.
 */
export function parseFileError(line: string): FileError | null {
  const vanished = VANISHED.exec(line);
  if (vanished !== null)
    return fileError(vanished[1], 'vanished while the copy was under way', 2, 'source', 'read');
  const failed = VERIFICATION.exec(line);
  if (failed !== null)
    return fileError(failed[1], 'changed while it was read, twice', null, 'source', 'verify');
  const left = LEFT.exec(line);
  if (left !== null) return fileError(left[1], 'holds files that are kept', null, 'remote', 'delete');
  const system = SYSTEM.exec(line);
  if (system === null) return null;
  const [, role, body = '', message = '', errno] = system;
  const at = splitBody(body);
  if (at === null) return null;
  return fileError(at.path, message, Number(errno), role === 'sender' ? 'source' : 'remote', at.operation);
}

function splitBody(body: string): { readonly operation: string; readonly path: string } | null {
  const begin = body.indexOf('"');
  const end = body.lastIndexOf('"');
  if (end > begin) {
    const path = body.slice(begin + 1, end);
    // `rename "a" (in plan) -> "b"` and `lsetxattr("a" (in plan),"user.x")` name the file first.
    const first = /^(.*?)"(?: \(in [^")]*\))?(?: -> |,)"/.exec(path)?.[1] ?? path;
    const after = body.slice(end + 1).replace(/^ \(in [^)]*\)/, '');
    return { operation: plainWords(`${body.slice(0, begin)} ${after}`), path: first };
  }
  const unquoted = UNQUOTED.exec(body);
  return unquoted === null ? null : { operation: unquoted[1] ?? '', path: unquoted[2] ?? '' };
}

/** `opendir` of `opendir  failed`; `failed to open` stays as it is. */
function plainWords(text: string): string {
  const words = text.replace(/[()]|\bfailed\b(?! (?:to|on)\b)/g, ' ').split(/\s+/);
  return words
    .filter((word) => word !== '')
    .join(' ')
    .replace(/:$/, '');
}

function fileError(
  printed: string | undefined,
  message: string,
  errno: number | null,
  side: FileError['side'],
  operation: string,
): FileError {
  const safe = (text: string): string => displayBytes(Buffer.from(text, 'latin1'));
  return {
    path: decodeRsyncName(printed ?? ''),
    message: safe(message),
    errno,
    side,
    operation: safe(operation),
  };
}

/** Counts all errors and keeps the first hundred. */
export class FileErrorList {
  private readonly first: FileError[] = [];
  private count = 0;

  /** Whether the line was an error of a file. */
  take(line: string): boolean {
    const error = parseFileError(line);
    if (error === null) return false;
    this.count += 1;
    if (this.first.length < KEPT) this.first.push(error);
    return true;
  }

  all(): FileErrors {
    return { first: [...this.first], count: this.count };
  }
}
