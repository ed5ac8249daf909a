import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { resolve } from 'node:path';
import { bytesToKey, joinBytes, printable, splitBytes } from './byte-path';
import { ContentMaker } from './content';
import { modifyInPlace } from './modify-in-place';
import { Random } from './random';
import { type TreeEntry, walkTree } from './walk';
import { writeXattrs, XattrsUnavailableError } from './xattrs';

export type ChangeKind =
  'modified' | 'appended' | 'added' | 'deleted' | 'renamed' | 'mode' | 'attribute' | 'replaced';

export interface Change {
  readonly kind: ChangeKind;
  /** Printable and unambiguous, relative to the home folder. */
  readonly path: string;
}

const MODIFY = 60;
const ADD = 40;
const DELETE = 25;

/**
 * Does to a demo home what a day's work does: modifies, adds and deletes files, renames a folder, changes modes and
 * an extended attribute, appends to the largest file, turns a file into a link. Returns what was done, in order.
 */
export async function changeDemoHome(
  folder: string,
  { seed }: { readonly seed: string | number },
): Promise<Change[]> {
  const changer = new HomeChanger(Buffer.from(resolve(folder)), new Random(`change ${seed}`));
  changer.appendToLargest();
  changer.modifyFiles();
  changer.changeModes();
  changer.replaceByLink();
  changer.deleteFiles();
  await changer.changeAttribute();
  changer.renameFolder();
  changer.addFiles();
  return changer.changes;
}

class HomeChanger {
  readonly changes: Change[] = [];
  private readonly content: ContentMaker;
  private readonly folders: TreeEntry[];
  /** Files with one name that their owner may write, in folders where something may be made; used up as we go. */
  private readonly files: TreeEntry[];

  constructor(
    private readonly home: Buffer,
    private readonly random: Random,
  ) {
    this.content = new ContentMaker(random);
    const all = [...walkTree(home)];
    const isWritable = ({ stats }: TreeEntry) => (stats.mode & 0o200n) !== 0n;
    this.folders = all.filter((entry) => entry.stats.isDirectory() && isWritable(entry));
    const writable = new Set(this.folders.map(({ path }) => bytesToKey(path)));
    this.files = all.filter(
      (entry) =>
        entry.stats.isFile() &&
        entry.stats.nlink === 1n &&
        isWritable(entry) &&
        writable.has(bytesToKey(splitBytes(entry.path).folder)),
    );
  }

  appendToLargest(): void {
    const largest = this.files.reduce((a, b) => (b.stats.size > a.stats.size ? b : a));
    this.files.splice(this.files.indexOf(largest), 1);
    appendFileSync(this.at(largest.path), this.content.bytes('noise', 300_000, 'appended'));
    this.note('appended', largest.path);
  }

  modifyFiles(): void {
    for (const { path, stats } of this.take(MODIFY)) {
      modifyInPlace(
        this.at(path),
        Number(stats.size),
        this.random.int(0, 2),
        this.content.bytes('words', 500, bytesToKey(path)),
      );
      this.note('modified', path);
    }
  }

  changeModes(): void {
    for (const { path, stats } of this.take(5)) {
      chmodSync(this.at(path), Number(stats.mode & 0o7777n) ^ 0o044);
      this.note('mode', path);
    }
    const folder = this.random.pick(this.folders);
    chmodSync(this.at(folder.path), Number(folder.stats.mode & 0o7777n) ^ 0o005);
    this.note('mode', folder.path);
  }

  replaceByLink(): void {
    const [file, other] = this.take(2);
    if (file === undefined || other === undefined) return;
    unlinkSync(this.at(file.path));
    symlinkSync('somewhere else', this.at(file.path));
    this.note('replaced', file.path);
    // As editors save: a new file under the old name.
    const draft = joinBytes(splitBytes(other.path).folder, '.draft');
    writeFileSync(this.at(draft), this.content.bytes('words', 700, 'draft'), { flag: 'wx' });
    renameSync(this.at(draft), this.at(other.path));
    this.note('replaced', other.path);
  }

  deleteFiles(): void {
    for (const { path } of this.take(DELETE)) {
      rmSync(this.at(path));
      this.note('deleted', path);
    }
  }

  async changeAttribute(): Promise<void> {
    const [file] = this.take(1);
    if (file === undefined) return;
    const value = Buffer.from(`changed ${this.random.int(0, 1e9)}`);
    try {
      await writeXattrs(this.home.toString(), [
        { path: file.path, xattrs: new Map([['fleetclone.note', value]]) },
      ]);
      this.note('attribute', file.path);
    } catch (error) {
      if (!(error instanceof XattrsUnavailableError)) throw error;
    }
  }

  renameFolder(): void {
    const held = new Map<string, number>();
    for (const { path } of this.files) {
      const key = bytesToKey(splitBytes(path).folder);
      held.set(key, (held.get(key) ?? 0) + 1);
    }
    const fitting = this.folders.filter(
      ({ path }) => (held.get(bytesToKey(path)) ?? 0) >= 3 && path.includes(0x2f),
    );
    const { path } = this.random.pick(fitting.filter((entry) => this.isFree(renamed(entry.path))));
    renameSync(this.at(path), this.at(renamed(path)));
    this.note('renamed', path);
  }

  addFiles(): void {
    const label = `Added ${this.random.int(0, 0xffffff).toString(16)}`;
    const top = Buffer.from(label);
    mkdirSync(this.at(top));
    mkdirSync(this.at(joinBytes(top, 'deeper é')));
    for (let index = 0; index < ADD; index += 1) {
      const folder = this.random.pick([
        top,
        joinBytes(top, 'deeper é'),
        Buffer.from('Documents'),
        Buffer.from('Odd names'),
      ]);
      const path = joinBytes(
        folder,
        `${label} ${index} ${this.random.pick(['notes.txt', 'ünïcode.md', "it's", '$(x)\n.log'])}`,
      );
      const kind = this.random.chance(0.5) ? 'words' : 'noise';
      this.content.writeFile(this.at(path), kind, this.random.int(0, 40_000), bytesToKey(path));
      this.note('added', path);
    }
  }

  private at(path: Buffer): Buffer {
    return joinBytes(this.home, path);
  }

  private note(kind: ChangeKind, path: Buffer): void {
    this.changes.push({ kind, path: printable(path) });
  }

  /** Takes files out of the pool, so that no file is changed in two ways. */
  private take(count: number): TreeEntry[] {
    const taken = this.random.sample(this.files, count);
    for (const entry of taken) this.files.splice(this.files.indexOf(entry), 1);
    return taken;
  }

  private isFree(path: Buffer): boolean {
    return !this.folders.some((folder) => folder.path.equals(path));
  }
}

function renamed(path: Buffer): Buffer {
  return Buffer.concat([path, Buffer.from(' renamed')]);
}
