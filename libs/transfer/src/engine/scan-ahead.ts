import type { CatalogueStore } from '../catalogue/catalogue-file';
import { scanSource } from '../catalogue/scan-source';
import { isCatalogue } from './quick-conditions';
import type { ScanAhead, TransferPlan } from './transfer-request';

/** Begins to scan the source, so that this and the way to the remote are gone at the same time. */
export async function scanAhead(
  plan: Pick<TransferPlan, 'sourcePaths' | 'rules' | 'isOneFileSystem'>,
  catalogues: CatalogueStore,
  { now, signal }: { readonly now: () => Date; readonly signal: AbortSignal },
): Promise<ScanAhead> {
  const startedAtMs = now().getTime();
  const catalogue = await catalogues.read();
  const { sourcePaths, rules, isOneFileSystem } = plan;
  const scan = scanSource({
    sourcePaths,
    rules,
    isOneFileSystem,
    catalogue: isCatalogue(catalogue) ? catalogue : null,
    runStartedAtMs: startedAtMs,
    signal,
  });
  // Whoever waits for it hears of its failure; it may be that nobody ever does.
  scan.catch(() => undefined);
  return { catalogue, startedAtMs, scan };
}
