import type { SourceScan } from '../catalogue/scan-source';
import type { UpdateLists } from '../catalogue/update-lists';
import { CAUSES } from '../rsync/causes';
import type { TransferMode } from '../rsync/transfer-input';
import { sendLargeFilesApart } from './send-apart';
import { gotThrough } from './sum-results';
import type { ListRoot, TransferContext } from './transfer-context';

/**
 * Sends what the lists name, in up to three passes. What is gone goes first: the pass that deletes reads an empty
 * folder and not the source, so that a source that vanishes at this moment cannot be taken for a deletion. Stops at a
 * pass that does not get through. The sample is compared with what else is compared by content; gives how many files of
 * it were not what they were.
 */
export async function runQuickUpdate(
  context: TransferContext,
  scan: SourceScan,
  lists: UpdateLists,
  sample: readonly string[],
): Promise<number> {
  const isHeldBack = context.deletionsHeldBack !== null;
  const mode = await context.openMode();
  const erased = isHeldBack ? lists.replaced : [...lists.deleted, ...lists.replaced];
  const joined = joinIfSmall(lists);
  const sent = { ...joined, compare: [...joined.compare, ...sample] };
  const root = await context.listRoot([...erased, ...sent.update, ...sent.compare]);
  const sampled = new Set(sample);
  let odd = 0;
  const onChange = (name: string): void => {
    if (sampled.has(name)) odd += 1;
  };
  const isThrough =
    (await eraseListed(context, mode, erased, root)) &&
    (await sendLargeFilesApart(context, mode, scan)) &&
    (await sendListed(context, mode, sent, { name: 'update', root, isByChecksum: false, isHeldBack })) &&
    (await sendListed(context, mode, sent, {
      name: 'compare',
      root,
      isByChecksum: true,
      isHeldBack,
      onChange,
    }));
  if (isThrough) context.say(`Sent what differs of ${scan.entries} entries.`);
  return odd;
}

// To read so much twice takes less time than another run of rsync.
const SMALL_BYTES = 32_000_000;

/** One pass instead of two, when there is little to read. */
function joinIfSmall(lists: UpdateLists): UpdateLists {
  const { update, compare, bytes } = lists;
  if (update.length === 0 || compare.length === 0 || bytes > SMALL_BYTES) return lists;
  return { ...lists, update: [], compare: [...new Set([...update, ...compare])] };
}

/** Takes the listed paths away from the destination. True when it got through. */
export async function eraseListed(
  context: TransferContext,
  mode: TransferMode,
  names: readonly string[],
  root: ListRoot | null,
): Promise<boolean> {
  if (names.length === 0) return true;
  const result = await context.passes.run({
    name: 'erase',
    pass: {
      kind: 'erase',
      listFile: await context.listFile('erase', names, root),
      ...(root !== null && { root: root.folder }),
      emptyFolder: await context.emptyFolder(),
    },
    mode,
    filterFile: null,
    isQuiet: true,
  });
  if (!gotThrough(result)) {
    context.results.push(result);
    return false;
  }
  // Every folder above a name is missing from the empty folder too, and rsync reports it (code 24): nothing is amiss.
  const isAsMeant = result.outcome.code === CAUSES.VANISHED.code || result.outcome.result === 'complete';
  (isAsMeant ? context.forerunners : context.results).push(result);
  return true;
}

interface ListedStep {
  readonly name: 'update' | 'compare';
  readonly root: ListRoot | null;
  readonly isByChecksum: boolean;
  readonly isHeldBack: boolean;
  /** Hears of everything that was sent or set, by its name as in a list. */
  readonly onChange?: (name: string) => void;
}

/** Brings the paths of one list up to date. True when it got through, or had nothing to do. */
export async function sendListed(
  context: TransferContext,
  mode: TransferMode,
  lists: Pick<UpdateLists, 'update' | 'compare' | 'bytes'>,
  { name, root, isByChecksum, isHeldBack, onChange }: ListedStep,
): Promise<boolean> {
  const names = lists[name];
  if (names.length === 0) return true;
  const whole = { bytes: lists.bytes, files: lists.update.length + lists.compare.length };
  const result = await context.passes.run({
    name,
    pass: {
      kind: 'listed',
      listFile: await context.listFile(name, names, root),
      ...(root !== null && { root: root.folder }),
      isByChecksum,
      deletesInFolders: !isHeldBack,
    },
    mode,
    filterFile: root?.filterFile ?? (await context.filterFile([])),
    onProgress: (progress) => context.progress.part(0, progress, whole),
    onItem: ({ path }) => onChange?.(`${root?.prefix ?? ''}${path.bytes.toString('latin1')}`),
  });
  context.progress.settle();
  context.results.push(result);
  return gotThrough(result);
}
