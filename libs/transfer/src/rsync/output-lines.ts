import { decodeRsyncName, type RsyncName } from './rsync-name';
import type { RsyncStats } from './rsync-stats';

/** What rsync said of a transfer under way. */
export type RsyncEvent =
  | RsyncProgressEvent
  /** While the source is being scanned: how many files and folders so far. */
  | { readonly type: 'scan'; readonly filesFound: number }
  | RsyncItemEvent
  | RsyncDeletedEvent
  /** The source could not be read completely, so nothing is deleted in this run. */
  | { readonly type: 'deletions-skipped' }
  | { readonly type: 'stats'; readonly stats: RsyncStats }
  /** Anything else, as one safe line. */
  | { readonly type: 'other'; readonly line: string };

export interface RsyncProgressEvent {
  readonly type: 'progress';
  /** Size of the new and changed files dealt with so far; unchanged ones are not in it. */
  readonly bytesDone: number;
  /** `bytesDone` of the size of everything selected, changed or not, rounded down. */
  readonly percent: number;
  readonly bytesPerSecond: number;
  /** Only when a file has just been finished; null in the middle of one. */
  readonly files: { readonly transferred: number; readonly checked: number; readonly total: number } | null;
}

/** Taken out of the copy, into the archive if there is one. */
export interface RsyncDeletedEvent {
  readonly type: 'deleted';
  readonly path: RsyncName;
}

export interface RsyncItemEvent {
  readonly type: 'item';
  /** rsync(1)'s `%i` without type: `<f.st......` gives `<` here and `.st......` in `attributes`. */
  readonly change: '<' | '>' | 'c' | 'h' | '.';
  readonly kind: 'file' | 'folder' | 'link' | 'device' | 'special';
  readonly attributes: string;
  readonly length: number;
  /** Seen from the destination folder, without a slash at the start; a folder ends in one. */
  readonly path: RsyncName;
}

const KINDS = { f: 'file', d: 'folder', L: 'link', D: 'device', S: 'special' } as const;
const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1024,
  MB: 1024 ** 2,
  GB: 1024 ** 3,
  TB: 1024 ** 4,
};

const PROGRESS =
  /^ *([\d,]+)\s+(\d+)%\s+([\d.]+)([kMGT]?B)\/s\s+\d+:\d\d:\d\d(?: \(xfr#(\d+), (?:ir|to)-chk=(\d+)\/(\d+)\))?\s*/;
const ITEM = /^([<>ch.])([fdLDS])([.+?a-zA-Z ]{7,9})\|(-?\d+)\|(.+)$/;
const DELETED = /^\*deleting\s*\|-?\d+\|(.+)$/;
const SCAN = /^(?:building file list \.\.\.|\s*(\d+) files(?:\.\.\.| to consider)$)/;

/**
 * A progress line at the start of `line`, and what follows it. rsync ends a progress line only when it next writes
 * to stdout; when stderr comes first, the line end goes there and the next item follows without one.
 */
export function matchProgress(
  line: string,
): { readonly event: RsyncProgressEvent; readonly rest: string } | null {
  if (!/^[ \d]/.test(line)) return null; // nearly always, and quick
  const match = PROGRESS.exec(line);
  if (match === null) return null;
  const [whole, bytes = '', percent, rate, unit, transferred, toCheck, total] = match;
  const files =
    toCheck === undefined
      ? null
      : { transferred: Number(transferred), checked: Number(total) - Number(toCheck), total: Number(total) };
  const event: RsyncProgressEvent = {
    type: 'progress',
    bytesDone: Number(bytes.replaceAll(',', '')),
    percent: Number(percent),
    bytesPerSecond: Math.round(Number(rate) * (UNITS[unit ?? ''] ?? 1)),
    files,
  };
  return { event, rest: line.slice(whole.length) };
}

/** Any line but progress and statistics; `line` has one character per byte. */
export function parseLine(line: string): RsyncEvent {
  const item = ITEM.exec(line);
  if (item !== null) {
    const [, change, kind, attributes = '', length, name = ''] = item;
    return {
      type: 'item',
      change: change as RsyncItemEvent['change'],
      kind: KINDS[kind as keyof typeof KINDS],
      attributes: attributes.trimEnd(),
      length: Number(length),
      path: relativeName(name),
    };
  }
  const deleted = DELETED.exec(line);
  if (deleted !== null) return { type: 'deleted', path: relativeName(deleted[1] ?? '') };
  const scan = SCAN.exec(line);
  if (scan !== null) return { type: 'scan', filesFound: Number(scan[1] ?? 0) };
  if (line.startsWith('IO error encountered -- skipping file deletion')) return { type: 'deletions-skipped' };
  return { type: 'other', line: decodeRsyncName(line).display };
}

// With --relative rsync prints what it sends with a leading slash and what it deletes without.
const relativeName = (printed: string): RsyncName => decodeRsyncName(printed.replace(/^\/(?=.)/, ''));
