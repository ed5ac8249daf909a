import type { RunTotals } from '@fleetclone/contracts';
import { formatBytes, formatCount, formatPlural, formatRate } from '../format/quantities';
import { formatDuration } from '../format/times';
import { Meter } from '../parts/meter';
import { Facts, Section } from '../parts/page';
import classes from './run-totals.module.css';
import { describeWay } from './transfer-way';

function describeSaving({ bytesSent, bytesTotal }: RunTotals): string {
  if (bytesTotal === 0) return 'There was nothing to copy.';
  const percent = (bytesSent / bytesTotal) * 100;
  if (percent >= 99) return 'Everything had to travel.';
  const said = percent < 0.1 ? 'less than 0.1' : percent < 10 ? percent.toFixed(1) : Math.round(percent);
  return `${said}\u00a0% of the data had to travel; the rest was already there.`;
}

function describeCopied({ filesTransferred, bytesTransferred }: RunTotals): string {
  if (filesTransferred === 0) return 'nothing, all was up to date';
  return `${formatPlural(filesTransferred, 'file')}, ${formatBytes(bytesTransferred)}`;
}

function describeRemoved({ filesDeleted }: RunTotals): string {
  if (filesDeleted === 0) return 'nothing';
  return `${formatCount(filesDeleted)} no longer at the source; the archive or earlier snapshots have them`;
}

/** What a finished transfer did. */
export function RunTotalsPanel({ totals }: { readonly totals: RunTotals }) {
  const seconds = totals.durationMs / 1000;
  return (
    <Section title="What it took">
      <p className={classes.headline}>
        <strong>{formatBytes(totals.bytesSent)}</strong> sent for{' '}
        <strong>{formatBytes(totals.bytesTotal)}</strong>
      </p>
      <Meter
        share={totals.bytesTotal === 0 ? 0 : Math.min(1, totals.bytesSent / totals.bytesTotal)}
        label="Share of the data that had to travel"
      />
      <p className={classes.saving}>{describeSaving(totals)}</p>
      <Facts
        rows={[
          ['Files', formatCount(totals.filesTotal)],
          ['Copied', describeCopied(totals)],
          ['Removed', describeRemoved(totals)],
          ['Received', formatBytes(totals.bytesReceived)],
          ['Took', formatDuration(totals.durationMs)],
          ['Average', seconds > 0 ? `${formatRate(totals.bytesSent / seconds)} on the network` : '–'],
          ...describeWay(totals),
        ]}
      />
    </Section>
  );
}
