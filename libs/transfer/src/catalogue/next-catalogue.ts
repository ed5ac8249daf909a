import { setImmediate as breathe } from 'node:timers/promises';
import type { Catalogue } from './catalogue-file';
import { blocksOf, FLAG_UNSTABLE, FolderBlock, hasNoTimes, isFolderMode } from './folder-block';
import { pathBelow } from './folder-scanner';
import { lookAt } from './look-at';
import type { SourceScan } from './scan-source';

const FOLDERS_PER_BREATH = 500;

/**
 * The body of the catalogue after a run, for `CatalogueStore.write`. Folders that changed since they were scanned are
 * marked: a name that came, was copied and went again while the run was under way stands in no list, so the next quick
 * update has the destination's own list of that folder compared. `mayHoldMore` says of which folders the copy could
 * have taken names that the scan does not know; of all others the list was given by us.
 */
export async function nextCatalogueBody(
  scan: SourceScan,
  before: Catalogue | null,
  mayHoldMore: (folder: string) => boolean,
): Promise<readonly Buffer[]> {
  const body: Buffer[] = [];
  let looks = 0;
  for (const block of statesOf(scan, before)) {
    let kept = block;
    const folder = new FolderBlock(block);
    for (const at of folder.offsets()) {
      if (!isFolderMode(folder.modeAt(at))) continue;
      const path = pathBelow(folder.path, folder.nameAt(at));
      if (!mayHoldMore(path) || !hasChangedSince(folder, at, path)) continue;
      if (kept === block) kept = Buffer.from(block); // the catalogue's own memory stays as it is
      new FolderBlock(kept).markUnstable(at);
    }
    body.push(kept);
    looks += 1;
    if (looks % FOLDERS_PER_BREATH === 0) await breathe();
  }
  return body;
}

function* statesOf(scan: SourceScan, before: Catalogue | null): Generator<Buffer> {
  for (const path of scan.sameFolders) {
    const block = before?.blockOf(path);
    if (block === null || block === undefined)
      throw new Error('a folder is said to be as it was and is not known');
    yield block;
  }
  for (const several of scan.blocks) yield* blocksOf(several);
}

function hasChangedSince(folder: FolderBlock, at: number, path: string): boolean {
  const entry = folder.entryAt(at);
  if (hasNoTimes(entry) || (entry.mode & FLAG_UNSTABLE) !== 0) return false;
  const now = lookAt(`/${path}`);
  return now === undefined || now.mtimeNs !== entry.modifiedNs || now.ctimeNs !== entry.changedNs;
}
