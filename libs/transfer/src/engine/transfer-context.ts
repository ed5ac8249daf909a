import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { writeListFile } from '../catalogue/list-file';
import { scanSource, type SourceScan } from '../catalogue/scan-source';
import type { Catalogue } from '../catalogue/catalogue-file';
import { type FilterRule, patternBelow, rulesInside, writeFilterFile } from '../filter';
import { chooseCompression, type CompressionChoice } from '../link/choose-compression';
import type { RsyncRunResult } from '../rsync/rsync-run';
import type { TransferMode } from '../rsync/transfer-input';
import { canBeRoot } from '../rsync/transfer-places';
import { CombinedProgress } from './combined-progress';
import { isCatalogue } from './quick-conditions';
import { PassRunner } from './run-pass';
import type { Destination, TransferPlan, TransferSurroundings } from './transfer-request';

/** Why nothing is deleted in this run. */
export interface HeldBack {
  readonly cause: 'SOURCE_EMPTIED' | 'MAX_DELETE';
  /** Plain words. */
  readonly reason: string;
  /** Below these source folders the copy keeps everything. */
  readonly keptFolders: readonly string[];
}

/** A folder that the names of lists are seen from. */
export interface ListRoot {
  /** Absolute. */
  readonly folder: string;
  /** What every name begins with when it is seen from `/`. */
  readonly prefix: string;
  readonly filterFile: string;
}

/** What the parts of one transfer share. */
export class TransferContext {
  readonly startedAtMs: number;
  readonly passes: PassRunner;
  readonly progress: CombinedProgress;
  readonly compression: CompressionChoice;
  /** Of the passes that decide how the transfer ends, in their order. */
  readonly results: RsyncRunResult[] = [];
  /** Of passes after which another looks at everything again: only what they sent counts. */
  readonly forerunners: RsyncRunResult[] = [];
  streams = 1;
  /** Null when deletions go on as usual. */
  deletionsHeldBack: HeldBack | null = null;

  constructor(
    readonly plan: TransferPlan,
    readonly destination: Destination,
    readonly surroundings: TransferSurroundings,
  ) {
    this.startedAtMs = surroundings.ahead?.startedAtMs ?? surroundings.now().getTime();
    this.progress = new CombinedProgress(() => performance.now(), surroundings.onProgress);
    this.compression = chooseCompression(
      plan.compression,
      surroundings.link,
      surroundings.negotiation,
      availableParallelism(),
    );
    this.passes = new PassRunner(plan, destination, surroundings, this.compression);
  }

  say(text: string, level: 'info' | 'warn' = 'info'): void {
    this.surroundings.onLog({ level, text });
  }

  scan(catalogue: Catalogue | null, signal: AbortSignal): Promise<SourceScan> {
    const { ahead } = this.surroundings;
    if (ahead !== null && catalogue === (isCatalogue(ahead.catalogue) ? ahead.catalogue : null))
      return ahead.scan;
    const { sourcePaths, rules, isOneFileSystem } = this.plan;
    return scanSource({
      sourcePaths,
      rules,
      isOneFileSystem,
      catalogue,
      runStartedAtMs: this.startedAtMs,
      signal,
      onProgress: (entries) => this.progress.scanning(entries),
    });
  }

  /** Where passes write to. Each call in mirror mode opens an archive folder of its own. */
  async openMode(): Promise<TransferMode> {
    if (this.plan.mode === 'snapshots') return this.lookingMode();
    return { kind: 'mirror', archiveName: await this.surroundings.nextArchiveName() };
  }

  /** Where passes that only look see themselves write to. Of a snapshot nothing is there yet: they see the latest one. */
  lookingMode(): TransferMode {
    if (this.plan.mode === 'mirror') return { kind: 'mirror', archiveName: 'nothing-is-kept' };
    return { kind: 'snapshot', linkDest: this.destination.latestSnapshot };
  }

  /** The plan's rules; below the folders given nothing is deleted. */
  filterFile(keptFolders: readonly string[]): Promise<string> {
    const keep = keptFolders.map((folder): FilterRule => ({
      kind: 'protect',
      pattern: patternBelow(folder),
    }));
    return writeFilterFile(this.surroundings.folder, [...keep, ...this.plan.rules], this.plan.sourcePaths);
  }

  /** The plan's rules as seen from a folder; null when they cannot be said like that. */
  async filterFileBelow(
    name: string,
    folder: string,
    sourceRoots: readonly string[],
  ): Promise<string | null> {
    const rules = rulesInside(this.plan.rules, folder);
    return rules === null ? null : writeFilterFile(this.surroundings.folder, rules, sourceRoots, name);
  }

  /**
   * The folder that all sources lie in, if these names can be seen from there: it must be at the destination. Snapshots
   * are linked to the latest one, inside of which the gate lets nothing be named.
   */
  async listRoot(names: readonly string[]): Promise<ListRoot | null> {
    const { sourcePaths, mode } = this.plan;
    if (mode === 'snapshots') return null;
    const folder = folderAround(sourcePaths);
    const prefix = `${folder.slice(1)}/`;
    if (!canBeRoot(folder) || !names.every((name) => name.startsWith(prefix))) return null;
    const filterFile = await this.filterFileBelow(
      'filter-lists',
      folder,
      sourcePaths.map((path) => path.slice(folder.length)),
    );
    return filterFile === null ? null : { folder, prefix, filterFile };
  }

  listFile(name: string, names: readonly string[], root: ListRoot | null = null): Promise<string> {
    const seen = root === null ? names : names.map((one) => one.slice(root.prefix.length));
    return writeListFile(join(this.surroundings.folder, `${name}.list`), seen);
  }

  /** A folder with nothing in it: whatever is looked for there is missing. */
  async emptyFolder(): Promise<string> {
    const path = join(this.surroundings.folder, 'empty');
    await mkdir(path, { recursive: true, mode: 0o700 });
    return path;
  }
}

/** The deepest folder that all these absolute paths lie in; empty for `/`. */
function folderAround(paths: readonly string[]): string {
  const [first = [], ...others] = paths.map((path) => path.split('/').slice(0, -1));
  const isShared = (depth: number): boolean => others.every((names) => names[depth] === first[depth]);
  const end = first.findIndex((_, depth) => !isShared(depth));
  return (end < 0 ? first : first.slice(0, end)).join('/');
}
