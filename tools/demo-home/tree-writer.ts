import { execFile } from 'node:child_process';
import { chmodSync, lchownSync, linkSync, lstatSync, lutimesSync, mkdirSync, symlinkSync } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import { promisify } from 'node:util';
import { bytesToKey, joinBytes, printable, splitBytes } from './byte-path';
import type { ContentMaker } from './content';
import { errorCode } from './error-code';
import type { PlannedEntry, PlannedFolder, PlannedTimes } from './planned-entry';
import { plannedTimes } from './planned-times';
import type { Random } from './random';
import type { FileXattrs } from './file-xattrs';
import { writeXattrs, XattrsUnavailableError } from './xattrs';

const run = promisify(execFile);

export interface TreeCounts {
  /** Names of regular files; a file with two names counts twice. */
  readonly files: number;
  readonly folders: number;
  readonly symlinks: number;
  /** Sum of the files' sizes; a file with two names counts once. */
  readonly bytes: number;
  /** What this machine or user could not make, with the reason. */
  readonly skipped: readonly string[];
}

// What file systems answer to names or shapes they do not take.
const NOT_POSSIBLE_HERE = new Set(['EILSEQ', 'EINVAL', 'ENAMETOOLONG', 'ENOTSUP', 'EPERM', 'EMLINK']);

/** Makes planned entries in a folder, contents first, then attributes, owners, modes and, last, times. */
export class TreeWriter {
  private readonly isRoot = process.getuid?.() === 0;
  private readonly made: PlannedEntry[] = [];
  private readonly folders = new Map<string, PlannedFolder>();
  private readonly skipped: string[] = [];

  constructor(
    private readonly home: Buffer,
    private readonly content: ContentMaker,
    private readonly random: Random,
  ) {}

  async write(entries: readonly PlannedEntry[]): Promise<TreeCounts> {
    let steps = 0;
    for (const entry of entries) {
      if (this.tryMake(entry)) this.made.push(entry);
      steps += 1;
      if (steps % 50 === 0) await breathe();
    }
    await this.setXattrs();
    this.setOwnersModesTimes();
    await this.setNanoseconds();
    return this.count();
  }

  private at(path: Buffer): Buffer {
    return joinBytes(this.home, path);
  }

  private tryMake(entry: PlannedEntry): boolean {
    if ('rootOnly' in entry && entry.rootOnly && !this.isRoot)
      return this.skip(entry, 'only root could read it back');
    try {
      this.makeParents(entry.path);
      // On a Mac both Unicode forms, or both cases, of a name are one file.
      if (lstatSync(this.at(entry.path), { throwIfNoEntry: false }) !== undefined) {
        if (entry.type === 'folder' && this.folders.has(bytesToKey(entry.path)))
          this.folders.set(bytesToKey(entry.path), entry);
        else return this.skip(entry, 'the file system takes it for another name');
      } else this.make(entry);
      return true;
    } catch (error) {
      const code = errorCode(error) ?? '';
      if (!NOT_POSSIBLE_HERE.has(code)) throw error;
      return this.skip(entry, code);
    }
  }

  private make(entry: PlannedEntry): void {
    const path = this.at(entry.path);
    if (entry.type === 'folder') this.makeFolder(entry);
    else if (entry.type === 'symlink') symlinkSync(entry.target, path);
    else if (entry.type === 'hard-link') linkSync(this.at(entry.existing), path);
    else this.content.writeFile(path, entry.content, entry.size, bytesToKey(entry.path));
  }

  private makeParents(path: Buffer): void {
    const { folder } = splitBytes(path);
    if (folder.length === 0 || this.folders.has(bytesToKey(folder))) return;
    this.makeParents(folder);
    this.makeFolder({ type: 'folder', path: folder, mode: 0o755 });
  }

  private makeFolder(folder: PlannedFolder): void {
    mkdirSync(this.at(folder.path), { mode: 0o700 });
    this.folders.set(bytesToKey(folder.path), folder);
  }

  private skip(entry: PlannedEntry, why: string): false {
    this.skipped.push(`${printable(entry.path)}: ${why}`);
    return false;
  }

  private async setXattrs(): Promise<void> {
    const items = this.made.filter((entry): entry is PlannedEntry & FileXattrs => 'xattrs' in entry);
    try {
      if (items.length > 0) await writeXattrs(this.home.toString(), items);
    } catch (error) {
      if (!(error instanceof XattrsUnavailableError)) throw error;
      this.skipped.push(error.message);
    }
  }

  private setOwnersModesTimes(): void {
    const owned = this.made.some((entry) => 'owner' in entry);
    if (owned && !this.isRoot) this.skipped.push('files of other owners: only root could make them');
    for (const entry of this.made) {
      if (entry.type === 'folder' || entry.type === 'hard-link') continue;
      this.finish(entry.path, entry.owner, entry.type === 'file' ? entry.mode : undefined, entry.mtime);
    }
    // Inside out: making something in a folder changes the folder's time, and a read-only folder takes nothing more.
    const top: PlannedFolder = { type: 'folder', path: Buffer.alloc(0), mode: 0o755 };
    for (const folder of [top, ...this.folders.values()].reverse()) {
      const mtime = folder.mtime ?? plannedTimes(this.random.fork(bytesToKey(folder.path)));
      this.finish(folder.path, folder.owner, folder.mode, mtime);
    }
  }

  private finish(
    relative: Buffer,
    owner: readonly [number, number] | undefined,
    mode: number | undefined,
    mtime: PlannedTimes | undefined,
  ): void {
    const path = this.at(relative);
    if (owner !== undefined && this.isRoot) lchownSync(path, owner[0], owner[1]);
    // After the owner, because a new owner takes the set-user-id bit away.
    if (mode !== undefined) chmodSync(path, mode);
    if (mtime === undefined) return;
    // Half a microsecond more, so that cutting off what is finer never gives the one before.
    const seconds = mtime.seconds + (Math.floor(mtime.nanoseconds / 1000) + 0.5) / 1e6;
    lutimesSync(path, seconds, seconds);
  }

  /** Node sets whole microseconds; what is finer goes through touch(1). */
  private async setNanoseconds(): Promise<void> {
    for (const entry of this.made) {
      if (!('mtime' in entry) || entry.mtime.nanoseconds % 1000 === 0) continue;
      const { seconds, nanoseconds } = entry.mtime;
      const moment = `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(nanoseconds).padStart(9, '0')}Z`;
      try {
        await run('touch', ['-m', '-h', '-d', moment, '--', this.at(entry.path).toString()]);
      } catch {
        this.skip(entry, 'touch cannot set its time to the nanosecond');
      }
    }
  }

  private count(): TreeCounts {
    const files = this.made.filter((entry) => entry.type === 'file');
    const links = this.made.filter((entry) => entry.type === 'hard-link');
    return {
      files: files.length + links.length,
      folders: this.folders.size,
      symlinks: this.made.filter((entry) => entry.type === 'symlink').length,
      bytes: files.reduce((sum, file) => sum + file.size, 0),
      skipped: this.skipped,
    };
  }
}
