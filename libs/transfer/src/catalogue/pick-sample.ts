import type { Catalogue } from './catalogue-file';
import { type Entry, FolderBlock, isFileMode } from './folder-block';
import { changeOf } from './folder-changes';
import { entryOf, pathBelow } from './folder-scanner';
import { lookAt } from './look-at';

const LARGEST_SAMPLED_BYTES = 262_144n;
const TRIES_PER_PICK = 8;
// A change after this look only makes the comparison fail, which is the safe side.
const NEVER_RACY_NS = 2n ** 62n;

/**
 * Files that are as the catalogue has them, picked at random, to be compared with the destination by content. A
 * destination that was altered behind a clock set back, which change times cannot tell, is found out by and by.
 */
export function pickSample(catalogue: Catalogue, count: number, random: () => number): readonly string[] {
  const folders = [...catalogue.folders()].filter((path) => path !== '');
  const picked = new Set<string>();
  if (folders.length === 0) return [];
  for (let tries = count * TRIES_PER_PICK; tries > 0 && picked.size < count; tries -= 1) {
    const folder = folders[Math.floor(random() * folders.length)] ?? '';
    const path = pickFile(catalogue.blockOf(folder), random);
    if (path !== null) picked.add(path);
  }
  return [...picked];
}

function pickFile(bytes: Buffer | null, random: () => number): string | null {
  if (bytes === null) return null;
  const block = new FolderBlock(bytes);
  const candidates = [...block.offsets()].filter((at) => isFileMode(block.modeAt(at)));
  const at = candidates[Math.floor(random() * candidates.length)];
  if (at === undefined) return null;
  const entry = block.entryAt(at);
  const path = pathBelow(block.path, entry.name);
  return entry.size <= LARGEST_SAMPLED_BYTES && isUnchanged(path, entry) ? path : null;
}

function isUnchanged(path: string, entry: Entry): boolean {
  const stats = lookAt(`/${path}`);
  if (stats === undefined) return false;
  return changeOf(entry, entryOf(entry.name, stats, 0, NEVER_RACY_NS)) === null;
}
