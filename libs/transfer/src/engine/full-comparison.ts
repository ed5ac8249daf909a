import { isFileMode } from '../catalogue/folder-block';
import { lookAt } from '../catalogue/look-at';
import type { ReportedChange } from '../catalogue/scan-messages';
import { SourceGoneError, type SourceScan } from '../catalogue/scan-source';
import { buildUpdateLists } from '../catalogue/update-lists';
import { foldersAbove } from '../filter';
import type { RsyncItemEvent } from '../rsync/output-lines';
import type { TransferMode } from '../rsync/transfer-input';
import { canBeRoot } from '../rsync/transfer-places';
import { allSettled } from './all-settled';
import { eraseListed, sendListed } from './quick-update';
import { isNear } from './run-pass';
import { sendLargeFilesApart } from './send-apart';
import { gotThrough } from './sum-results';
import type { TransferContext } from './transfer-context';

export interface FullComparison {
  /** Taken before, or null: then it is taken while rsync is at work. */
  readonly scan: SourceScan | null;
  /** Below these folders nothing is deleted. */
  readonly keptFolders: readonly string[];
  /** `partial/` holds files already, some of them perhaps shared with published snapshots. */
  readonly hasPartial: boolean;
  /**
   * Somebody was at the destination since the state that the scan was compared with, such as an attempt that was cut off:
   * what it sent may have been edited since with size and time put back.
   */
  readonly hasUnknownAttempts: boolean;
  /**
   * What somebody altered at the destination: compared by content, because size and time prove nothing. Null: there is no
   * telling, so all of it is.
   */
  readonly altered: readonly string[] | null;
}

/**
 * Has rsync compare everything. Gives the scan that a catalogue can be made of, or null when these rsyncs have no use
 * for one. Stops at a pass that does not get through.
 */
export async function runFullComparison(
  context: TransferContext,
  { scan, keptFolders, hasPartial, hasUnknownAttempts, altered }: FullComparison,
): Promise<SourceScan | null> {
  const mode = await context.openMode();
  const filterFile = await context.filterFile(keptFolders);
  const isByChecksum = altered === null;
  const isShared = (await beginAsLatest(context, keptFolders)) || hasPartial;
  if (isShared && mode.kind === 'snapshot' && !(await loosen(context, mode, { filterFile, isByChecksum })))
    return scan;
  if (scan !== null && !(await sendLargeFilesApart(context, mode, scan))) return scan;
  const inside = await prepareInside(context, mode);
  if (inside === 'stopped') return scan;
  const [result, ownScan] = await allSettled([
    context.passes.run({
      name: 'full',
      pass: { kind: 'full', isByChecksum, isFromInside: inside !== null },
      mode,
      filterFile: inside?.filterFile ?? filterFile,
      maxDelete: context.plan.maxDeletes,
      onProgress: (progress) => context.progress.whole(progress),
    }),
    scan ?? scanBeside(context),
  ]);
  context.results.push(result);
  if (scan !== null && gotThrough(result))
    await compareSuspects(context, mode, scan, { altered: altered ?? [], hasUnknownAttempts });
  return ownScan;
}

/**
 * The receiver walks down the whole path of each file several times, so on a near line a first copy of small files takes
 * half as long again for the folders above the source (measured with seven of them). Its content is sent from inside
 * instead, when those folders have been made. Null when that is not worth it or cannot be.
 */
async function prepareInside(
  context: TransferContext,
  mode: TransferMode,
): Promise<{ readonly filterFile: string } | 'stopped' | null> {
  const { plan, destination, surroundings } = context;
  const [source = '', ...others] = plan.sourcePaths;
  if (destination.found !== 'nothing' || destination.hasPartial || !isNear(surroundings.link)) return null;
  if (others.length > 0 || !canBeRoot(source) || !surroundings.negotiation.canListChanges) return null;
  if (lookAt(source)?.isDirectory() !== true) return null;
  const filterFile = await context.filterFileBelow('filter-inside', source, []);
  if (filterFile === null) return null;
  const folders = [...foldersAbove(source), source].map((path) => path.slice(1));
  const result = await context.passes.run({
    name: 'folders',
    pass: {
      kind: 'listed',
      listFile: await context.listFile('folders', folders),
      isByChecksum: false,
    },
    mode,
    filterFile: null,
  });
  if (gotThrough(result)) {
    context.forerunners.push(result);
    return { filterFile };
  }
  context.results.push(result);
  return 'stopped';
}

/** What may not be deleted is to be in the next snapshot too, so that one cannot begin empty. True when it shares files. */
async function beginAsLatest(
  { plan, destination }: TransferContext,
  keptFolders: readonly string[],
): Promise<boolean> {
  const { latestSnapshot } = destination;
  if (plan.mode !== 'snapshots' || latestSnapshot === null || keptFolders.length === 0) return false;
  return (await destination.clone(latestSnapshot)).method === 'hard-links';
}

/** How many entries a full comparison would delete; nothing is changed. */
export async function countDeletions(context: TransferContext): Promise<number> {
  let deletions = 0;
  await context.passes.run({
    name: 'count',
    pass: { kind: 'full' },
    mode: context.lookingMode(),
    filterFile: await context.filterFile([]),
    isDryRun: true,
    onItem: ({ type }) => {
      if (type === 'deleted') deletions += 1;
    },
  });
  return deletions;
}

/** The state for the next catalogue. A source that goes away meanwhile is for rsync to report. */
async function scanBeside(context: TransferContext): Promise<SourceScan | null> {
  if (!context.surroundings.negotiation.canListChanges) return null;
  try {
    return await context.scan(null, context.surroundings.signal);
  } catch (error) {
    if (error instanceof SourceGoneError) return null;
    throw error;
  }
}

/**
 * Files with the size and time that they had are unchanged to rsync's quick check. Where something else changed, the
 * change time or the inode at the source or anything at the destination, contents are compared.
 */
async function compareSuspects(
  context: TransferContext,
  mode: TransferMode,
  scan: SourceScan,
  {
    altered,
    hasUnknownAttempts,
  }: { readonly altered: readonly string[]; readonly hasUnknownAttempts: boolean },
): Promise<void> {
  const suspects = scan.changes.filter(
    ([kind, , mode]) => kind === 'suspect' || (hasUnknownAttempts && kind !== 'deleted' && isFileMode(mode)),
  );
  const foreign = altered.flatMap((path): ReportedChange[] => {
    const stats = lookAt(`/${path}`);
    return stats?.isFile() === true ? [['suspect', path, Number(stats.mode), Number(stats.size)]] : [];
  });
  // Compared by content, whatever they were noticed by.
  const noticed = suspects.map(([, path, entryMode, size]): ReportedChange => [
    'suspect',
    path,
    entryMode,
    size,
  ]);
  const changes = [...noticed, ...foreign];
  if (changes.length === 0) return;
  const lists = buildUpdateLists({ changes, links: scan.links, deletedBelow: 0 }, false);
  const root = await context.listRoot([...lists.update, ...lists.compare]);
  await sendListed(context, mode, lists, { name: 'compare', root, isByChecksum: true, isHeldBack: true });
}

/**
 * Files of an unpublished snapshot are one with those of a published one, so an attribute set in place would change
 * both. Whatever only attributes would be set of is taken out first; the comparison then makes it anew.
 */
async function loosen(
  context: TransferContext,
  mode: TransferMode,
  { filterFile, isByChecksum }: { readonly filterFile: string; readonly isByChecksum: boolean },
): Promise<boolean> {
  const tight: string[] = [];
  const result = await context.passes.run({
    name: 'look',
    pass: { kind: 'full', isByChecksum },
    mode,
    filterFile,
    isDryRun: true,
    onItem: (item) => {
      if (item.type === 'item' && isSetInPlace(item)) tight.push(item.path.bytes.toString('latin1'));
    },
  });
  if (!gotThrough(result)) {
    context.results.push(result);
    return false;
  }
  return eraseListed(context, mode, tight, null);
}

const isSetInPlace = ({ change, kind }: RsyncItemEvent): boolean => change === '.' && kind !== 'folder';
