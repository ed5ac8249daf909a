import type { RunTotals, TransferStrategy } from '@fleetclone/contracts';
import { formatCount } from '../format/quantities';

const strategyWords: Record<TransferStrategy, string> = {
  full: 'everything',
  quick: 'only what has changed',
  fallback: 'everything, since a quick update was in doubt',
};

/** How a run went about it, in terms and words; nothing of what its agent does not say. */
export function describeWay({
  strategy,
  streams,
  compression,
}: Pick<RunTotals, 'strategy' | 'streams' | 'compression'>): (readonly [string, string])[] {
  const rows: (readonly [string, string])[] = [];
  if (strategy) rows.push(['Compared', strategyWords[strategy]]);
  if (streams) rows.push(['Connections', formatCount(streams)]);
  if (compression) rows.push(['Compression', compression]);
  return rows;
}
