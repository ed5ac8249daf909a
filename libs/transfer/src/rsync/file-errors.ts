import { decodeRsyncName, displayBytes, type RsyncName } from './rsync-name';

/**
 * What became of the file: it `failed`; it `vanished` before it was read; it `shrunk` in the middle and was read again;
 * it was `changing` so that twice what came over was not what had been read, and the copy keeps what it had; or, as a
 * folder to be deleted, it was `kept` for what is in it.
 */
export type FileErrorKind = 'failed' | 'vanished' | 'shrunk' | 'changing' | 'kept';

/** One file or folder that rsync complained of. */
export interface FileError {
  readonly kind: FileErrorKind;
  /** On the source as it is there; on the remote seen from the plan's folder. */
  readonly path: RsyncName;
  /** The system's words, such as `Permission denied`. */
  readonly message: string;
  /** The system's number, which differs between systems but for the oldest ones. */
  readonly errno: number | null;
  /** The sending end is the source, the receiving end the remote. */
  readonly side: 'source' | 'remote';
  /** What rsync was doing, such as `opendir` or `send_files failed to open`. */
  readonly operation: string;
}

/** How often one and the same thing went wrong. */
export interface FileErrorCount extends Omit<FileError, 'path'> {
  readonly count: number;
}

/** The errors of files in a run of rsync. */
export interface FileErrors {
  /** The first hundred. */
  readonly first: readonly FileError[];
  /** Of all. */
  readonly count: number;
  /** All of them by what went wrong, in the order of their first. */
  readonly counts: readonly FileErrorCount[];
}

const VANISHED = /^file has vanished: "(.*)"(?: \(in .*\))?$/;
const SYSTEM = /^rsync: (?:\[(\w+)\] )?(.*): ([^:"]+) \((\d+)\)$/;
const UNQUOTED = /^(\w+: \w+)\((.*?)(?:, \w+)?\)/;
const VERIFICATION =
  /^ERROR: (.*) failed verification -- update (?:discarded|put into partial-dir|retained)\.?/;
const LEFT = /^cannot delete non-empty directory: (.*)$/;
const OPENRSYNC = /^(?:open)?rsync\(\d+\): (?:error|warning): (.*): ([^:]+): ([^:]+)$/;

/**
 * One line of rsync's stderr as an error of a file, or null for any other line. `line` has one character per byte.
 * Formats: GNU rsync 2.6.9 to 3.5 and openrsync.
 */
export function parseFileError(line: string): FileError | null {
  const vanished = VANISHED.exec(line);
  if (vanished !== null)
    return fileError('vanished', vanished[1], 'vanished while the copy was under way', 2, 'source', 'read');
  const failed = VERIFICATION.exec(line);
  if (failed !== null)
    return fileError('changing', failed[1], 'changed while it was read, twice', null, 'source', 'verify');
  const left = LEFT.exec(line);
  if (left !== null) return fileError('kept', left[1], 'holds files that are kept', null, 'remote', 'delete');
  return parseSystemError(line) ?? parseOpenrsyncError(line);
}

function parseSystemError(line: string): FileError | null {
  const system = SYSTEM.exec(line);
  if (system === null) return null;
  const [, role, body = '', message = '', digits] = system;
  const at = splitBody(body);
  if (at === null) return null;
  const errno = Number(digits);
  const side = role === undefined ? sideOf(at.operation) : role === 'sender' ? 'source' : 'remote';
  if (at.operation === 'read errors mapping' && END_OF_FILE.has(errno))
    return fileError('shrunk', at.path, 'became shorter while it was read', errno, side, at.operation);
  return fileError('failed', at.path, message, errno, side, at.operation);
}

/** ENODATA of Linux and of macOS: rsync's own word for an end of file that comes too early. */
const END_OF_FILE: ReadonlySet<number> = new Set([61, 96]);

/** rsync before 3.2 and openrsync do not say which process speaks; these things are done by the sending one only. */
const SENDING =
  /^(?:opendir|open \(2\)|link_stat|readlink|read\w* errors|readdir|send_files|unreadable|lstat|stat|fts)/;

const sideOf = (operation: string): FileError['side'] => (SENDING.test(operation) ? 'source' : 'remote');

/** openrsync gives no numbers; these are the same on every system. */
const NUMBERS: ReadonlyMap<string, number> = new Map([
  ['Operation not permitted', 1],
  ['No such file or directory', 2],
  ['Input/output error', 5],
  ['Device not configured', 6],
  ['Permission denied', 13],
  ['No space left on device', 28],
  ['Read-only file system', 30],
]);

function parseOpenrsyncError(line: string): FileError | null {
  const match = OPENRSYNC.exec(line);
  const errno = NUMBERS.get(match?.[3] ?? '');
  if (match === null || errno === undefined) return null;
  // `open (2) in /Users/ann`: its names are seen from there.
  const operation = (match[2] ?? '').replace(/ in .*$/, '');
  return fileError('failed', match[1], match[3] ?? '', errno, sideOf(operation), operation);
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
  kind: FileErrorKind,
  printed: string | undefined,
  message: string,
  errno: number | null,
  side: FileError['side'],
  operation: string,
): FileError {
  const safe = (text: string): string => displayBytes(Buffer.from(text, 'latin1'));
  return {
    kind,
    path: decodeRsyncName(printed ?? ''),
    message: safe(message),
    errno,
    side,
    operation: safe(operation),
  };
}
