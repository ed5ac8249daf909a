import { type BigIntStats, lstatSync, readdirSync } from 'node:fs';
import { createPathMatcher } from '../filter/path-matcher';
import {
  encodeFolder,
  type Entry,
  FLAG_MOUNT_POINT,
  FLAG_UNSTABLE,
  isFileMode,
  isFolderMode,
} from './folder-block';
import { compareFolder } from './folder-changes';
import { LARGE_FILE_BYTES } from './large-files';
import { bytePath, isGone } from './look-at';
import type { FolderTask, LinkedName, ReportedChange, ScanReply, ScanWorkerData } from './scan-messages';

const SECOND_NS = 1_000_000_000n;
// File systems that keep whole seconds (HFS+, or two for exFAT) may give a later change the same time.
const COARSE_WINDOW_NS = 3n * SECOND_NS;

/** Reads folders and tells what differs from the catalogue. Synchronous: for a thread of its own. */
export class FolderScanner {
  private readonly isLeftOut: (path: string, isFolder: boolean) => boolean;
  private readonly catalogue: Buffer | null;

  constructor(private readonly data: ScanWorkerData) {
    this.isLeftOut = createPathMatcher(data.rules, data.sourceRoots);
    this.catalogue = data.catalogue === null ? null : Buffer.from(data.catalogue);
  }

  scan(tasks: readonly FolderTask[]): ScanReply {
    const batch = new Batch(this.catalogue);
    for (const task of tasks) this.scanFolder(task, batch);
    return batch.reply();
  }

  private scanFolder([path, device, root, offset]: FolderTask, batch: Batch): void {
    const names = attempt(() => readdirSync(bytePath(`/${path}`), { encoding: 'latin1' }));
    if (!Array.isArray(names)) {
      if (names !== null) batch.unreadable.push([path, names]);
      return;
    }
    const entries: Entry[] = [];
    for (const name of names.sort()) {
      const below = path === '' ? name : `${path}/${name}`;
      const stats = attempt(() => lstatSync(bytePath(`/${below}`), { bigint: true }));
      if (stats === null) continue;
      if (typeof stats === 'string') {
        batch.unreadable.push([below, stats]);
        continue;
      }
      if (this.isLeftOut(`/${below}`, stats.isDirectory())) continue;
      entries.push(this.take(below, name, stats, device, root, batch));
    }
    batch.finish(path, encodeFolder(path, entries), offset);
  }

  private take(
    path: string,
    name: string,
    stats: BigIntStats,
    device: number,
    root: number,
    batch: Batch,
  ): Entry {
    const entry = entryOf(name, stats, device, this.data.racySinceNs);
    const own = Number(stats.dev);
    if (isFolderMode(entry.mode)) {
      if (!this.data.isOneFileSystem || own === root) batch.found.push([path, own, root]);
    } else if (entry.links > 1) batch.links.push([path, `${own}:${entry.inode}`]);
    batch.count(path, entry);
    return entry;
  }
}

/** What the catalogue keeps of an entry. `device` is that of the folder it lies in. */
export function entryOf(name: string, stats: BigIntStats, device: number, racySinceNs: bigint): Entry {
  const isRacy = isRacyChange(stats.ctimeNs, racySinceNs);
  const isFolder = stats.isDirectory();
  const flags =
    (isFolder && isRacy ? FLAG_UNSTABLE : 0) |
    (isFolder && Number(stats.dev) !== device ? FLAG_MOUNT_POINT : 0);
  return {
    name,
    mode: (Number(stats.mode) | flags) >>> 0,
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    links: Number(stats.nlink),
    size: stats.size,
    modifiedNs: stats.mtimeNs,
    changedNs: isRacy ? 0n : stats.ctimeNs,
    inode: stats.ino,
  };
}

/** Whether an entry may change once more and show the same change time as now. */
function isRacyChange(changedNs: bigint, racySinceNs: bigint): boolean {
  if (changedNs >= racySinceNs) return true;
  return changedNs % SECOND_NS === 0n && changedNs >= racySinceNs - COARSE_WINDOW_NS;
}

/** Gathers what a batch of folders gave. */
class Batch {
  readonly found: (readonly [string, number, number])[] = [];
  readonly links: LinkedName[] = [];
  readonly unreadable: (readonly [string, string])[] = [];
  private readonly same: string[] = [];
  private readonly blocks: Buffer[] = [];
  private readonly changes: ReportedChange[] = [];
  private readonly lostMounts: string[] = [];
  private readonly large: (readonly [string, number])[] = [];
  private entriesBefore = 0;
  private entries = 0;
  private files = 0;
  private bytes = 0;

  constructor(private readonly catalogue: Buffer | null) {}

  count(path: string, entry: Entry): void {
    this.entries += 1;
    if (!isFileMode(entry.mode)) return;
    this.files += 1;
    this.bytes += Number(entry.size);
    // Else only what is new is.
    if (this.catalogue === null) this.offerLarge(path, entry);
  }

  finish(path: string, block: Buffer, offset: number): void {
    const before = this.blockAt(offset);
    this.entriesBefore += before?.readUInt32LE(4) ?? 0;
    if (before !== null && before.equals(block)) {
      this.same.push(path);
      return;
    }
    this.blocks.push(block);
    if (this.catalogue !== null) this.compare(path, before, block);
  }

  reply(): ScanReply {
    const { same, changes, found, links, unreadable, lostMounts, large } = this;
    const { entriesBefore, entries, files, bytes } = this;
    const blocks = new ArrayBuffer(this.blocks.reduce((sum, block) => sum + block.length, 0));
    const all = Buffer.from(blocks);
    let at = 0;
    for (const block of this.blocks) at += block.copy(all, at);
    return {
      same,
      blocks,
      changes,
      found,
      links,
      unreadable,
      lostMounts,
      large,
      entriesBefore,
      entries,
      files,
      bytes,
    };
  }

  private blockAt(offset: number): Buffer | null {
    if (this.catalogue === null || offset < 0) return null;
    return this.catalogue.subarray(offset, offset + this.catalogue.readUInt32LE(offset));
  }

  private compare(path: string, before: Buffer | null, block: Buffer): void {
    compareFolder(before, block, (kind, entry, was) => {
      const below = pathBelow(path, entry.name);
      this.changes.push([kind, below, entry.mode & 0xffff, Number(entry.size)]);
      if (kind === 'new' || kind === 'retyped') this.offerLarge(below, entry);
      const wasMounted = was !== null && (was.mode & FLAG_MOUNT_POINT) !== 0;
      if (wasMounted && (kind === 'deleted' || (entry.mode & FLAG_MOUNT_POINT) === 0))
        this.lostMounts.push(below);
    });
  }

  private offerLarge(path: string, entry: Entry): void {
    if (isFileMode(entry.mode) && entry.links === 1 && entry.size >= LARGE_FILE_BYTES)
      this.large.push([path, Number(entry.size)]);
  }
}

export function pathBelow(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** The result; null when the entry is gone; else the error's code. */
function attempt<T>(read: () => T): T | string | null {
  try {
    return read();
  } catch (error) {
    return isGone(error) ? null : ((error as NodeJS.ErrnoException).code ?? 'UNKNOWN');
  }
}
