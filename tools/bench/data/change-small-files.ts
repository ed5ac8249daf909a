import { appendFileSync, chmodSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { joinBytes, splitBytes } from '../../demo-home/byte-path';
import { ContentMaker } from '../../demo-home/content';
import { modifyInPlace } from '../../demo-home/modify-in-place';
import { Random } from '../../demo-home/random';
import { sortedNames, type TreeEntry, walkTree } from '../../demo-home/walk';
import { writeXattrs, XattrsUnavailableError } from '../../demo-home/xattrs';

type Change = 'rewritten' | 'appended' | 'same-size' | 'mode' | 'attribute' | 'renamed' | 'deleted' | 'added';

/** Of a hundred changes. */
const SHARES: Readonly<Record<Change, number>> = {
  rewritten: 35,
  appended: 15,
  'same-size': 15,
  mode: 8,
  attribute: 2,
  renamed: 10,
  deleted: 5,
  added: 10,
};

export type ChangeCounts = Readonly<Record<Change, number>>;

/** Does a day's work to data set A: about one in a hundred of its files, in every way a file can change. */
export async function changeOnePercent(folder: string, seed: number): Promise<ChangeCounts> {
  const top = Buffer.from(folder);
  const random = new Random(`one per cent ${seed}`);
  const content = new ContentMaker(random);
  const files = plainFiles(top);
  const chosen = random.sample(files, Math.max(8, Math.floor(files.length / 100)));
  const changes = shareOut(chosen.length);
  const attributes: Buffer[] = [];
  chosen.forEach(({ path, stats }, index) => {
    const full = joinBytes(top, path);
    const text = content.bytes('words', random.int(1_000, 16_000), `${index}`);
    const change = changes[index] ?? 'rewritten';
    if (change === 'rewritten') writeFileSync(full, text);
    else if (change === 'appended') appendFileSync(full, text.subarray(0, 1_000));
    else if (change === 'same-size') modifyInPlace(full, Number(stats.size), 1, text);
    else if (change === 'mode') chmodSync(full, Number(stats.mode & 0o7777n) ^ 0o044);
    else if (change === 'attribute') attributes.push(path);
    else if (change === 'renamed') renameSync(full, withSuffix(full, ` renamed ${seed}`));
    else if (change === 'deleted') unlinkSync(full);
    else writeFileSync(withSuffix(full, ` and new ${seed}`), text);
  });
  await setAttributes(folder, attributes, seed);
  return count(changes);
}

/** Renames one of the top folders of data set A, which holds about a thousand files. */
export function renameAnArea(folder: string, seed: number): void {
  const areas = sortedNames(Buffer.from(folder)).filter((name) => name.toString().startsWith('Área '));
  const area = joinBytes(Buffer.from(folder), new Random(`rename ${seed}`).pick(areas));
  renameSync(area, withSuffix(area, '’'));
}

/** Files with one name, so that a change of one is the change of one. */
function plainFiles(top: Buffer): TreeEntry[] {
  const isArea = (path: Buffer): boolean => path.toString().startsWith('Área ');
  return [...walkTree(top)].filter(
    ({ path, stats }) => stats.isFile() && stats.nlink === 1n && stats.size > 16n && isArea(path),
  );
}

function shareOut(total: number): Change[] {
  const changes: Change[] = [];
  for (const [change, share] of Object.entries(SHARES) as [Change, number][]) {
    const least = Math.max(1, Math.round((total * share) / 100));
    for (let n = 0; n < least && changes.length < total; n += 1) changes.push(change);
  }
  return changes;
}

function count(changes: readonly Change[]): ChangeCounts {
  const of = (wanted: Change): number => changes.filter((change) => change === wanted).length;
  const entries = (Object.keys(SHARES) as Change[]).map((change) => [change, of(change)]);
  return Object.fromEntries(entries) as ChangeCounts;
}

async function setAttributes(folder: string, paths: readonly Buffer[], seed: number): Promise<void> {
  const value = new Map([['fleetclone.changed', Buffer.from(`change ${seed}`)]]);
  try {
    await writeXattrs(
      folder,
      paths.map((path) => ({ path, xattrs: value })),
    );
  } catch (error) {
    // The set was made without attributes then, too, and its maker has said so.
    if (!(error instanceof XattrsUnavailableError)) throw error;
  }
}

function withSuffix(path: Buffer, suffix: string): Buffer {
  const { folder, name } = splitBytes(path);
  // Names have at most 255 bytes.
  const short = name.subarray(0, 255 - Buffer.byteLength(suffix));
  return joinBytes(folder, Buffer.concat([short, Buffer.from(suffix)]));
}
