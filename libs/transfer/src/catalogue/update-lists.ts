import { isFileMode, isFolderMode } from './folder-block';
import type { SourceScan } from './scan-source';

/**
 * What a quick update hands to rsync: paths without a slash at the start, one character per byte. A folder that ends
 * in a slash is compared with all its names, any other by its attributes alone.
 */
export interface UpdateLists {
  /** Gone from the source. */
  readonly deleted: readonly string[];
  /** Still there, but to be made anew at the destination rather than changed in place. */
  readonly replaced: readonly string[];
  /** To be brought up to date by size, time and attributes. */
  readonly update: readonly string[];
  /** To be brought up to date by content, because size and time prove nothing. */
  readonly compare: readonly string[];
  /** Entries that are deleted, those inside of deleted folders among them. */
  readonly deletions: number;
  /** Size of the files in `update` and `compare`. */
  readonly bytes: number;
}

// Naming a path costs rsync ten times what walking over it does (measured: 0.3 ms against 0.03 ms).
const LARGEST_SHARE = 0.1;
const ALWAYS_ALLOWED = 1_000;
const MOST_LISTED = 50_000;

/**
 * The lists of a quick update. With `isShared` the destination is a clone whose files are hard links to those of a
 * published snapshot: whatever changes is made anew, because attributes set in place would change both.
 */
export function buildUpdateLists(
  scan: Pick<SourceScan, 'changes' | 'links' | 'deletedBelow'>,
  isShared: boolean,
): UpdateLists {
  return new ListBuilder(scan, isShared).build();
}

/** Why so many changes are better left to a full comparison; null when they are not. Completes "… is compared: ". */
export function reasonAgainstLists(lists: UpdateLists, entries: number): string | null {
  const { deleted, replaced, update, compare } = lists;
  const listed = deleted.length + replaced.length + update.length + compare.length;
  const allowed = Math.min(MOST_LISTED, Math.max(ALWAYS_ALLOWED, entries * LARGEST_SHARE));
  if (listed <= allowed) return null;
  return `${listed} of ${entries} entries are affected, so that naming each would take longer`;
}

class ListBuilder {
  private readonly deleted = new Set<string>();
  private readonly replaced = new Set<string>();
  private readonly update = new Set<string>();
  private readonly compare = new Set<string>();
  private bytes = 0;

  constructor(
    private readonly scan: Pick<SourceScan, 'changes' | 'links' | 'deletedBelow'>,
    private readonly isShared: boolean,
  ) {}

  build(): UpdateLists {
    for (const [kind, path, mode, size] of this.scan.changes) {
      if (kind === 'deleted') {
        this.deleted.add(path);
        this.addParent(path, this.update);
        continue;
      }
      if (kind === 'unlisted') {
        this.update.add(`${path}/`);
        continue;
      }
      if (kind === 'retyped' || (kind !== 'new' && this.isShared && !isFolderMode(mode)))
        this.replaced.add(path);
      this.addEntry(path, kind === 'suspect' ? this.compare : this.update, mode, size);
    }
    this.joinLinks();
    const { bytes } = this;
    return {
      deleted: [...this.deleted],
      replaced: [...this.replaced],
      update: [...this.update],
      compare: [...this.compare],
      deletions: this.deleted.size + this.scan.deletedBelow,
      bytes,
    };
  }

  private addEntry(path: string, list: Set<string>, mode: number, size: number): void {
    list.add(path);
    if (isFileMode(mode)) this.bytes += size;
    // The receiver puts a new file in place by renaming it, which changes the folder's time.
    if (!isFolderMode(mode)) this.addParent(path, list);
  }

  private addParent(path: string, list: Set<string>): void {
    const slash = path.lastIndexOf('/');
    if (slash > 0) list.add(path.slice(0, slash));
  }

  /** rsync sees that files are one only when it is given all their names at once. */
  private joinLinks(): void {
    for (const names of this.scan.links.values()) {
      const isCompared = names.some((name) => this.compare.has(name));
      if (!isCompared && !names.some((name) => this.update.has(name))) continue;
      const list = isCompared ? this.compare : this.update;
      for (const name of names) {
        this.update.delete(name);
        list.add(name);
        this.addParent(name, list);
        if (this.isShared) this.replaced.add(name);
      }
    }
  }
}
