import { type BigIntStats, lstatSync, readlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { attributeDifferences } from './attribute-differences';
import { joinBytes, printable } from './byte-path';
import { errorCode } from './error-code';
import { HardLinkGroups } from './hard-links';
import { contentDifference } from './same-content';
import { entryType, sortedNames } from './walk';
import { xattrDifferences } from './xattr-differences';
import { readXattrs, XattrsUnavailableError } from './xattrs';

export interface CompareOptions {
  /** Compare numeric users and groups; an ordinary user's copy cannot keep those of others. */
  readonly ownership: boolean;
  readonly xattrs: boolean;
}

export interface TreeDifference {
  /** Printable and unambiguous; `.` is the top folder itself. */
  readonly path: string;
  readonly what: string;
}

export interface TreeComparison {
  /** Names looked at on the source's side, the top folder among them. */
  readonly entries: number;
  /** Bytes of the source's files; a file with several names counts once. */
  readonly bytes: number;
  /** The first thousand; `differenceCount` has them all. */
  readonly differences: readonly TreeDifference[];
  readonly differenceCount: number;
  /** What this comparison says nothing about, with the reason. */
  readonly notCompared: readonly string[];
}

const MOST_LISTED = 1000;
const PARALLEL_FILES = 4;
/**
 * Compares two trees byte by byte and attribute by attribute with no help from what made the copy: names, types,
 * sizes, contents, modes, owners, times to the nanosecond, link targets, hard-link groups, extended attributes.
 */
export async function compareTrees(
  source: string,
  copy: string,
  options: CompareOptions,
): Promise<TreeComparison> {
  const comparer = new TreeComparer(Buffer.from(resolve(source)), Buffer.from(resolve(copy)), options);
  await comparer.compareXattrs(resolve(source), resolve(copy));
  return comparer.compare();
}

class TreeComparer {
  private entries = 0;
  private bytes = 0;
  private differenceCount = 0;
  private readonly differences: TreeDifference[] = [];
  private readonly notCompared: string[] = [];
  private readonly hardLinks = new HardLinkGroups();
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly source: Buffer,
    private readonly copy: Buffer,
    private readonly options: CompareOptions,
  ) {
    if (!options.ownership) this.notCompared.push('owners: not asked for');
    // On Linux, ACLs are extended attributes.
    if (process.platform === 'darwin')
      this.notCompared.push('ACLs, file flags and creation times: not looked at');
  }

  async compare(): Promise<TreeComparison> {
    await this.comparePair(Buffer.alloc(0));
    await Promise.all(this.running);
    const { entries, bytes, differences, differenceCount, notCompared } = this;
    differences.sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
    return { entries, bytes, differences, differenceCount, notCompared };
  }

  async compareXattrs(source: string, copy: string): Promise<void> {
    if (!this.options.xattrs) {
      this.notCompared.push('extended attributes: not asked for');
      return;
    }
    try {
      const differences = xattrDifferences(await readXattrs(source), await readXattrs(copy));
      for (const { path, what } of differences) this.report(path, what);
    } catch (error) {
      if (!(error instanceof XattrsUnavailableError)) throw error;
      this.notCompared.push(`extended attributes: ${error.message}`);
    }
  }

  /** Compares what both sides have at this path, and below it. */
  private async comparePair(path: Buffer): Promise<void> {
    this.entries += 1;
    if (this.entries % 100 === 0) await breathe();
    const pair = this.attempt(path, () => [
      lstatSync(joinBytes(this.source, path), { bigint: true }),
      lstatSync(joinBytes(this.copy, path), { bigint: true }),
    ]);
    if (pair === undefined) return;
    const [ours, theirs] = pair;
    const type = entryType(ours);
    if (entryType(theirs) !== type) {
      this.report(path, `type: ${type}, in the copy ${entryType(theirs)}`);
      return;
    }
    for (const what of attributeDifferences(ours, theirs, this.options.ownership)) this.report(path, what);
    if (type === 'folder') await this.compareFolders(path);
    else if (type === 'file') await this.compareFiles(path, ours, theirs);
    else if (type === 'symlink') this.compareTargets(path);
  }

  /** Goes through two sorted lists of names at once, so that only one folder's names are held at a level. */
  private async compareFolders(path: Buffer): Promise<void> {
    const lists = this.attempt(path, () => [
      sortedNames(joinBytes(this.source, path)),
      sortedNames(joinBytes(this.copy, path)),
    ]);
    if (lists === undefined) return;
    const [ours, theirs] = lists;
    for (let a = 0, b = 0; ;) {
      const mine = ours[a];
      const other = theirs[b];
      if (mine === undefined && other === undefined) return;
      const order = mine === undefined ? 1 : other === undefined ? -1 : mine.compare(other);
      if (order === 0 && mine !== undefined) await this.comparePair(joinBytes(path, mine));
      if (order < 0 && mine !== undefined)
        this.reportAll(this.source, joinBytes(path, mine), 'missing in the copy');
      if (order > 0 && other !== undefined)
        this.reportAll(this.copy, joinBytes(path, other), 'only in the copy');
      if (order <= 0) a += 1;
      if (order >= 0) b += 1;
    }
  }

  private async compareFiles(path: Buffer, ours: BigIntStats, theirs: BigIntStats): Promise<void> {
    const { wrong, isFirstName, isSamePair } = this.hardLinks.add(path, ours, theirs);
    for (const what of wrong) this.report(path, what);
    if (isSamePair) return;
    if (isFirstName) this.bytes += Number(ours.size);
    if (ours.size !== theirs.size) {
      this.report(path, `size: ${ours.size}, in the copy ${theirs.size}`);
      return;
    }
    while (this.running.size >= PARALLEL_FILES) await Promise.race(this.running);
    const check: Promise<void> = this.compareContents(path, Number(ours.size)).finally(() =>
      this.running.delete(check),
    );
    this.running.add(check);
  }

  private async compareContents(path: Buffer, size: number): Promise<void> {
    try {
      const what = await contentDifference(joinBytes(this.source, path), joinBytes(this.copy, path), size);
      if (what !== undefined) this.report(path, what);
    } catch (error) {
      this.cannotRead(path, error);
    }
  }

  private compareTargets(path: Buffer): void {
    const ours = readlinkSync(joinBytes(this.source, path), { encoding: 'buffer' });
    const theirs = readlinkSync(joinBytes(this.copy, path), { encoding: 'buffer' });
    if (!ours.equals(theirs))
      this.report(path, `link target: ${printable(ours)}, in the copy ${printable(theirs)}`);
  }

  private reportAll(top: Buffer, path: Buffer, what: string): void {
    this.report(path, what);
    const full = joinBytes(top, path);
    if (top === this.source) this.entries += 1;
    if (!lstatSync(full).isDirectory()) return;
    for (const name of sortedNames(full)) this.reportAll(top, joinBytes(path, name), what);
  }

  private report(path: Buffer, what: string): void {
    this.differenceCount += 1;
    if (this.differences.length < MOST_LISTED) this.differences.push({ path: show(path), what });
  }

  /** Runs it, and notes instead what this user may not read. */
  private attempt<T extends readonly unknown[]>(
    path: Buffer,
    read: () => readonly [...T],
  ): readonly [...T] | undefined {
    try {
      return read();
    } catch (error) {
      this.cannotRead(path, error);
      return undefined;
    }
  }

  private cannotRead(path: Buffer, error: unknown): void {
    const code = errorCode(error);
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    this.notCompared.push(`${show(path)}: permission denied`);
  }
}

function show(path: Buffer): string {
  return path.length === 0 ? '.' : printable(path);
}
