import type { Catalogue, CatalogueHeader } from '../catalogue/catalogue-file';
import type { CopyFolder, Destination, TransferPlan } from './transfer-request';

/** The folder of the destination that a catalogue must speak of for this run. */
export function expectedFolder(
  plan: Pick<TransferPlan, 'mode'>,
  destination: Pick<Destination, 'latestSnapshot'>,
): CopyFolder | null {
  if (plan.mode === 'mirror') return 'current';
  return destination.latestSnapshot === null ? null : `snapshots/${destination.latestSnapshot}`;
}

/**
 * Why a quick update is out of the question, in plain words, or null when nothing speaks against it so far. What the
 * destination and the scan say comes on top.
 */
export function reasonAgainstQuick(
  header: CatalogueHeader,
  plan: Pick<TransferPlan, 'mode' | 'fullScanEveryMs'>,
  destination: Pick<Destination, 'previous' | 'latestSnapshot'>,
  nowMs: number,
): string | null {
  const { previous } = destination;
  if (previous === null) return 'the destination does not say which run was the last';
  if (!isOfLastAttempt(header, destination))
    return 'another attempt was at the destination since the last success that this Mac knows of';
  if (previous.outcome !== 'succeeded') return 'the last attempt did not succeed';
  if (header.folder !== expectedFolder(plan, destination)) return 'the destination holds another state';
  if (nowMs < header.takenAtMs) return "this Mac's clock was set back since the last run";
  if (nowMs - header.fullScanAtMs >= plan.fullScanEveryMs)
    return `everything was last compared on ${new Date(header.fullScanAtMs).toISOString().slice(0, 10)}`;
  return null;
}

/** Whether nobody was at the destination since the attempt that wrote the catalogue. */
export function isOfLastAttempt(
  { writtenBy }: Pick<CatalogueHeader, 'writtenBy'>,
  { previous }: Pick<Destination, 'previous'>,
): boolean {
  return previous !== null && previous.runId === writtenBy.runId && previous.fence === writtenBy.fence;
}

/** The catalogue, or why there is none: what `CatalogueStore.read` gives. */
export const isCatalogue = (read: Catalogue | { readonly missing: string }): read is Catalogue =>
  !('missing' in read);
