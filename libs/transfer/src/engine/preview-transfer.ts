import type { RsyncName } from '../rsync/rsync-name';
import type { RsyncDeletedEvent, RsyncItemEvent } from '../rsync/output-lines';
import type { TransferOutcome } from '../rsync/rsync-exit';
import { TransferContext } from './transfer-context';
import type { Destination, TransferPlan, TransferSurroundings } from './transfer-request';

/** What a run would do to one entry. */
export interface PreviewItem {
  readonly action: 'create' | 'rewrite' | 'attributes' | 'delete';
  readonly kind: RsyncItemEvent['kind'] | null;
  readonly path: RsyncName;
  /** Size of a file's new content; 0 for all else. */
  readonly bytes: number;
}

export interface Preview {
  readonly outcome: TransferOutcome;
  readonly counts: Readonly<Record<PreviewItem['action'], number>>;
  /** Size of the files that would be created or rewritten. */
  readonly bytes: number;
}

/** Has rsync compare everything and tell what it would do; changes nothing. Rejects with the signal's reason. */
export async function previewTransfer(
  plan: TransferPlan,
  destination: Destination,
  surroundings: TransferSurroundings,
  onItem: (item: PreviewItem) => void,
): Promise<Preview> {
  const context = new TransferContext(plan, destination, surroundings);
  const counts = { create: 0, rewrite: 0, attributes: 0, delete: 0 };
  let bytes = 0;
  const take = (item: PreviewItem): void => {
    counts[item.action] += 1;
    bytes += item.bytes;
    onItem(item);
  };
  const result = await context.passes.run({
    name: 'preview',
    pass: { kind: 'full' },
    mode: context.lookingMode(),
    filterFile: await context.filterFile([]),
    isDryRun: true,
    onProgress: surroundings.onProgress,
    onItem: (event) => take(previewOf(event)),
  });
  surroundings.signal.throwIfAborted();
  return { outcome: result.outcome, counts, bytes };
}

function previewOf(event: RsyncItemEvent | RsyncDeletedEvent): PreviewItem {
  if (event.type === 'deleted') return { action: 'delete', kind: null, path: event.path, bytes: 0 };
  const { kind, path, attributes } = event;
  const isNew = /^\++$/.test(attributes);
  const isSent = event.change === '<' || event.change === '>';
  const bytes = isSent && kind === 'file' ? event.length : 0;
  if (isNew) return { action: 'create', kind, path, bytes };
  if (isSent || event.change === 'c') return { action: 'rewrite', kind, path, bytes };
  return { action: 'attributes', kind, path, bytes: 0 };
}
