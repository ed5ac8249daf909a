import { lstatSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { FilterRule } from '../filter';
import type { Catalogue } from './catalogue-file';
import { encodeFolder, type Entry, isFileMode, withoutTimes } from './folder-block';
import { compareFolder } from './folder-changes';
import { entryOf } from './folder-scanner';
import { lookAt } from './look-at';
import type { FolderTask, ReportedChange, ScanReply, ScanWorkerData } from './scan-messages';
import scanWorkerText from './scan.worker?text';

export interface ScanOptions {
  /** As given by `normaliseSourcePaths`. */
  readonly sourcePaths: readonly string[];
  readonly rules: readonly FilterRule[];
  readonly isOneFileSystem: boolean;
  /** What to compare with; null: nothing is known, so only totals and the new state are gathered. */
  readonly catalogue: Catalogue | null;
  /** The beginning of the run, before anything was read: milliseconds since 1970. */
  readonly runStartedAtMs: number;
  readonly signal: AbortSignal;
  readonly onProgress?: (entriesFound: number) => void;
}

/** The state of the sources at one moment, and how it differs from the catalogue's. Paths: see `folder-block`. */
export interface SourceScan {
  readonly entries: number;
  readonly files: number;
  /** Size of all files; one with several names counts at each. */
  readonly bytes: number;
  readonly changes: readonly ReportedChange[];
  /** Entries of folders that are gone altogether, below those that `changes` names. */
  readonly deletedBelow: number;
  /** All names of each file that has more than one below the sources, by device and inode. */
  readonly links: ReadonlyMap<string, readonly string[]>;
  /** New files worth a stream of their own. */
  readonly large: readonly (readonly [path: string, size: number])[];
  /** What could not be read, at most a thousand of them: a catalogue of such a state proves nothing. */
  readonly unreadable: readonly (readonly [path: string, code: string])[];
  readonly lostMounts: readonly string[];
  /** Folders whose blocks are those of the catalogue that was given. */
  readonly sameFolders: ReadonlySet<string>;
  /** Blocks of all other folders; one buffer holds several. */
  readonly blocks: readonly Buffer[];
  /** Device and inode of each source root: what is mounted there must still be the same when the run ends. */
  readonly rootIdentities: ReadonlyMap<string, string>;
}

/** A source path does not exist (any more). */
export class SourceGoneError extends Error {
  override readonly name = 'SourceGoneError';
  readonly code = 'TRANSFER.SOURCE_MISSING';

  constructor(readonly path: string) {
    super('a source path is not there');
  }
}

const FOLDERS_PER_BATCH = 24;
const MOST_THREADS = 4;
const MOST_UNREADABLE = 1000;
const NS_PER_MS = 1_000_000n;
/**
 * Entries that changed so shortly before the run count as changing still: the kernel's clock for change times may lag
 * behind the precise one by a tick, at most 10 ms.
 */
export const TICK_WINDOW_MS = 100;

/**
 * Reads everything that the sources select, in threads of its own. Rejects with SourceGoneError when a root is
 * missing, and with the signal's reason.
 */
export async function scanSource(options: ScanOptions): Promise<SourceScan> {
  options.signal.throwIfAborted();
  return new SourceScanner(options).run();
}

/** Whether a source is a folder with nothing in it, as the place of a volume that is not mounted is. */
export function isEmptyFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true && readdirSync(path).length === 0;
}

/** Device and inode of a path, by which a volume that took another's place is told. Throws SourceGoneError. */
export function identifyRoot(path: string): string {
  const stats = lookAt(Buffer.from(path).toString('latin1'));
  if (stats === undefined) throw new SourceGoneError(path);
  return `${stats.dev}:${stats.ino}`;
}

class SourceScanner {
  private readonly racySinceNs: bigint;
  private readonly waiting: FolderTask[] = [];
  private readonly idle: Worker[] = [];
  private readonly workers: Worker[] = [];
  private busy = 0;

  private entries = 0;
  private files = 0;
  private bytes = 0;
  private entriesBefore = 0;
  private readonly changes: ReportedChange[] = [];
  private readonly links = new Map<string, string[]>();
  private readonly large: (readonly [string, number])[] = [];
  private readonly unreadable: (readonly [string, string])[] = [];
  private readonly lostMounts: string[] = [];
  private readonly sameFolders = new Set<string>();
  private readonly blocks: Buffer[] = [];
  private readonly rootIdentities = new Map<string, string>();
  private settle: { resolve: () => void; reject: (reason: unknown) => void } | undefined;

  constructor(private readonly options: ScanOptions) {
    this.racySinceNs = BigInt(options.runStartedAtMs - TICK_WINDOW_MS) * NS_PER_MS;
  }

  async run(): Promise<SourceScan> {
    const done = new Promise<void>((resolve, reject) => (this.settle = { resolve, reject }));
    const abort = (): void => this.settle?.reject(this.options.signal.reason);
    this.options.signal.addEventListener('abort', abort, { once: true });
    try {
      this.readRoots();
      this.startWorkers();
      this.handOut();
      await done;
    } finally {
      this.options.signal.removeEventListener('abort', abort);
      await Promise.all(this.workers.map((worker) => worker.terminate()));
    }
    return this.result();
  }

  /** The roots and the folders above them, which a copy has too, make a block of their own with whole paths as names. */
  private readRoots(): void {
    const entries = new Map<string, Entry>();
    for (const path of this.options.sourcePaths) {
      const parts = path.slice(1).split('/');
      for (let depth = 1; depth <= parts.length; depth += 1) {
        const above = Buffer.from(parts.slice(0, depth).join('/')).toString('latin1');
        const stats = lookAt(`/${above}`);
        if (stats === undefined) throw new SourceGoneError(path);
        const device = Number(stats.dev);
        const entry = entryOf(above, stats, device, this.racySinceNs);
        if (depth < parts.length) {
          if (!entries.has(above)) entries.set(above, withoutTimes(entry));
          continue;
        }
        entries.set(above, entry);
        this.rootIdentities.set(path, `${stats.dev}:${stats.ino}`);
        if (stats.isDirectory()) this.enqueue(above, device, device);
        else if (stats.nlink > 1n) this.addLink(above, `${stats.dev}:${stats.ino}`);
      }
    }
    this.finishRoots([...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1)));
  }

  private finishRoots(entries: readonly Entry[]): void {
    const block = encodeFolder('', entries);
    this.entries += entries.length;
    for (const { size } of entries.filter((entry) => isFileMode(entry.mode))) {
      this.files += 1;
      this.bytes += Number(size);
    }
    const before = this.options.catalogue?.blockOf('') ?? null;
    this.entriesBefore += before?.readUInt32LE(4) ?? 0;
    if (before?.equals(block) === true) {
      this.sameFolders.add('');
      return;
    }
    this.blocks.push(block);
    if (this.options.catalogue === null) return;
    compareFolder(before, block, (kind, entry) => {
      // Folders above the roots are copied with what they are, never with what they hold.
      if (kind === 'unlisted' && !this.isRoot(entry.name)) return;
      this.changes.push([kind, entry.name, entry.mode & 0xffff, Number(entry.size)]);
    });
  }

  private isRoot(name: string): boolean {
    return this.options.sourcePaths.some((path) => Buffer.from(path.slice(1)).toString('latin1') === name);
  }

  private enqueue(path: string, device: number, root: number): void {
    this.waiting.push([path, device, root, this.options.catalogue?.offsetOf(path) ?? -1]);
  }

  private startWorkers(): void {
    const { rules, sourcePaths, isOneFileSystem, catalogue } = this.options;
    const workerData: ScanWorkerData = {
      rules,
      sourceRoots: sourcePaths,
      isOneFileSystem,
      racySinceNs: this.racySinceNs,
      catalogue: catalogue?.shared ?? null,
    };
    const count = Math.max(1, Math.min(MOST_THREADS, availableParallelism()));
    for (let index = 0; index < count; index += 1) {
      const worker = new Worker(scanWorkerText, { eval: true, workerData });
      worker.on('message', (reply: ScanReply) => {
        this.busy -= 1;
        this.idle.push(worker);
        this.take(reply);
        this.handOut();
      });
      worker.on('error', (error) => this.settle?.reject(error));
      this.workers.push(worker);
      this.idle.push(worker);
    }
  }

  private handOut(): void {
    while (this.waiting.length > 0 && this.idle.length > 0) {
      const worker = this.idle.pop();
      // The newest first: a walk in depth keeps the list short.
      const share = Math.max(1, Math.ceil(this.waiting.length / this.workers.length));
      const tasks = this.waiting.splice(-Math.min(FOLDERS_PER_BATCH, share));
      this.busy += 1;
      worker?.postMessage(tasks);
    }
    if (this.busy === 0 && this.waiting.length === 0) this.settle?.resolve();
  }

  private take(reply: ScanReply): void {
    this.entries += reply.entries;
    this.files += reply.files;
    this.bytes += reply.bytes;
    this.entriesBefore += reply.entriesBefore;
    for (const change of reply.changes) this.changes.push(change);
    for (const path of reply.same) this.sameFolders.add(path);
    if (reply.blocks.byteLength > 0) this.blocks.push(Buffer.from(reply.blocks));
    for (const [path, identity] of reply.links) this.addLink(path, identity);
    this.large.push(...reply.large);
    this.lostMounts.push(...reply.lostMounts);
    for (const entry of reply.unreadable)
      if (this.unreadable.length < MOST_UNREADABLE) this.unreadable.push(entry);
    for (const [path, device, root] of reply.found) this.enqueue(path, device, root);
    this.options.onProgress?.(this.entries);
  }

  private addLink(path: string, identity: string): void {
    const names = this.links.get(identity);
    if (names === undefined) this.links.set(identity, [path]);
    else names.push(path);
  }

  private result(): SourceScan {
    const { entries, files, bytes, changes, links, large, unreadable, lostMounts } = this;
    const { sameFolders, blocks, rootIdentities } = this;
    return {
      entries,
      files,
      bytes,
      changes,
      deletedBelow: (this.options.catalogue?.entries ?? this.entriesBefore) - this.entriesBefore,
      links,
      large,
      unreadable,
      lostMounts,
      sameFolders,
      blocks,
      rootIdentities,
    };
  }
}
