import { lstatSync } from 'node:fs';
import { setImmediate as breathe } from 'node:timers/promises';
import type { TreeComparison, TreeDifference } from '../../demo-home';
import { joinBytes, printable } from '../../demo-home/byte-path';
import { contentDifference } from '../../demo-home/same-content';
import { walkTree } from '../../demo-home/walk';

const MOST_LISTED = 1000;

/**
 * Whether every file of the source that has an ordinary name is in the copy with the same bytes. Not looked for: files
 * that only the copy has.
 */
export async function compareContents(source: string, copy: string): Promise<TreeComparison> {
  const [ours, theirs] = [Buffer.from(source), Buffer.from(copy)];
  const differences: TreeDifference[] = [];
  let entries = 0;
  let bytes = 0;
  let differenceCount = 0;
  for (const { path, stats } of walkTree(ours)) {
    entries += 1;
    if (entries % 100 === 0) await breathe();
    if (!stats.isFile() || !isOrdinary(path)) continue;
    bytes += Number(stats.size);
    const other = lstatSync(joinBytes(theirs, path), { throwIfNoEntry: false });
    const what = !other?.isFile()
      ? 'missing in the copy'
      : await contentDifference(joinBytes(ours, path), joinBytes(theirs, path), Number(stats.size));
    if (what === undefined) continue;
    differenceCount += 1;
    if (differences.length < MOST_LISTED) differences.push({ path: printable(path), what });
  }
  const notCompared = ['everything but the contents of files with ordinary names'];
  return { entries, bytes, differences, differenceCount, notCompared };
}

/** UTF-8, composed, and without control characters. */
function isOrdinary(path: Buffer): boolean {
  const text = path.toString('utf8');
  return Buffer.from(text.normalize('NFC')).equals(path) && !/\p{Cc}/u.test(text);
}
