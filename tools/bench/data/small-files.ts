import { mkdirSync } from 'node:fs';
import { ContentMaker } from '../../demo-home/content';
import { planOddEntries } from '../../demo-home/odd-plan';
import type { PlannedEntry, PlannedFile } from '../../demo-home/planned-entry';
import { plannedTimes } from '../../demo-home/planned-times';
import { Random } from '../../demo-home/random';
import { type TreeCounts, TreeWriter } from '../../demo-home/tree-writer';

const FILES_IN_FOLDER = 25;
const FOLDERS_IN_AREA = 40;
const LEAST_BYTES = 1_000;
const MOST_BYTES = 16_000;

/**
 * Data set A: `files` files of 1 to 16 KB in folders of 25, with one symlink and one hard link to a hundred of them,
 * extended attributes on one in twenty, and every odd name, mode, owner and time of the demo's home folder.
 */
export async function makeSmallFiles(
  folder: string,
  { seed, files }: { readonly seed: number; readonly files: number },
): Promise<TreeCounts> {
  mkdirSync(folder, { recursive: true });
  const random = new Random(`small files ${seed}`);
  const writer = new TreeWriter(Buffer.from(folder), new ContentMaker(random), random);
  return writer.write([...planSmallFiles(random, files), ...planOddEntries(random.fork('odd'), folder)]);
}

export function planSmallFiles(random: Random, files: number): PlannedEntry[] {
  const entries: PlannedEntry[] = [];
  for (let index = 0; index < files; index += 1) {
    const file = planFile(random, index);
    entries.push(file);
    if (index % 100 === 7) entries.push(linkTo(file, 'hard-link'));
    if (index % 100 === 57) entries.push(linkTo(file, 'symlink'));
  }
  return entries;
}

function planFile(random: Random, index: number): PlannedFile {
  const folder = Math.floor(index / FILES_IN_FOLDER);
  const area = Math.floor(folder / FOLDERS_IN_AREA);
  const name = `Área ${area}/folder ${folder}/${random.pick(KINDS)} ${index}`;
  return {
    type: 'file',
    path: Buffer.from(name),
    size: random.int(LEAST_BYTES, MOST_BYTES),
    content: random.chance(0.5) ? 'words' : 'noise',
    mode: random.pick([0o644, 0o644, 0o600, 0o755]),
    mtime: plannedTimes(random),
    ...(index % 20 === 3 && { xattrs: new Map([['fleetclone.tag', Buffer.from(`tag ${index}`)]]) }),
  };
}

function linkTo(file: PlannedFile, type: 'hard-link' | 'symlink'): PlannedEntry {
  const path = Buffer.concat([file.path, Buffer.from(type === 'symlink' ? ' alias' : ' twin')]);
  if (type === 'hard-link') return { type, path, existing: file.path };
  const target = file.path.subarray(file.path.lastIndexOf(0x2f) + 1);
  return { type, path, target, ...(file.mtime !== undefined && { mtime: file.mtime }) };
}

const KINDS = ['note', 'Brief', 'résumé', 'memo', '図', 'photo'];
