import type { Catalogue } from '../catalogue/catalogue-file';
import { pickSample } from '../catalogue/pick-sample';
import { allSettled } from './all-settled';
import { expectedFolder } from './quick-conditions';
import type { TransferContext } from './transfer-context';

const SAMPLED_FILES = 24;

/** Why the destination may not be what the catalogue says. */
export interface Doubt {
  /** Plain words. */
  readonly reason: string;
  /** What was altered there, seen from the folder; null when there is no telling. */
  readonly altered: readonly string[] | null;
}

/**
 * Why the destination may not be what the catalogue says, or null when it is. The destination itself
 * looks for change times later than the end of the last run; a sample of files, compared by content, is to find out
 * what was altered behind a clock set back. Neither writes anything. An empty sample is one that is looked at later.
 */
export async function findDoubt(
  context: TransferContext,
  catalogue: Catalogue,
  sample: readonly string[],
  stop: AbortController,
): Promise<Doubt | null> {
  const { writtenBy } = catalogue.header;
  const folder = expectedFolder(context.plan, context.destination);
  if (folder === null) return { reason: 'there is no snapshot', altered: [] };
  const [{ answer, reason }, odd] = await allSettled(
    [context.destination.unchanged(writtenBy, folder), probeSample(context, sample, stop.signal)],
    (error) => stop.abort(error),
  );
  if (answer === 'no') {
    const altered = await context.destination.altered(writtenBy, folder);
    return { reason: `the destination was altered (${reason})`, altered };
  }
  if (odd > 0) return doubtOfSample(odd);
  return answer === 'yes'
    ? null
    : { reason: `the destination may have been altered (${reason})`, altered: [] };
}

/** Files that are as the catalogue has them. */
export function sampleOf(catalogue: Catalogue, { surroundings }: TransferContext): readonly string[] {
  return pickSample(catalogue, SAMPLED_FILES, surroundings.random);
}

/** A file altered behind a clock set back is one of who knows how many. */
export function doubtOfSample(odd: number): Doubt {
  return { reason: `${odd} of a sample of files at the destination are not what they were`, altered: null };
}

/** How many of the sampled files differ. */
async function probeSample(
  context: TransferContext,
  sample: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  if (sample.length === 0) return 0;
  let odd = 0;
  const result = await context.passes.run({
    name: 'probe',
    pass: {
      kind: 'listed',
      listFile: await context.listFile('probe', sample),
      isByChecksum: true,
      deletesInFolders: false,
    },
    mode: context.lookingMode(),
    filterFile: null,
    isDryRun: true,
    signal,
    onItem: () => (odd += 1),
  });
  context.forerunners.push(result);
  if (result.outcome.result === 'complete') return odd;
  context.say(`The sample could not be compared: ${result.outcome.message}`);
  return Math.max(1, odd);
}
