import type { RunView } from '@fleetclone/contracts';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Facts, Section } from '../parts/page';
import { Elapsed, RelativeTime } from '../parts/time';

function rowsOf(run: RunView): (readonly [string, ReactNode])[] {
  const rows: (readonly [string, ReactNode])[] = [
    ['Plan', run.plan.name],
    ['From', run.mac.name],
    ['To', run.remote.name],
    ['Asked for', <RelativeTime key="submitted" at={run.submittedAt} />],
    ['By', run.submittedBy],
  ];
  if (run.startedAt) rows.push(['Started', <RelativeTime key="started" at={run.startedAt} />]);
  if (run.finishedAt) rows.push(['Ended', <RelativeTime key="ended" at={run.finishedAt} />]);
  if (run.startedAt && run.finishedAt) {
    rows.push(['Took', <Elapsed key="took" since={run.startedAt} until={run.finishedAt} />]);
  }
  return rows;
}

/** Who asked for a run, when, and what it belongs to. */
export function RunFacts({ run }: { readonly run: RunView }) {
  return (
    <Section title="This run" aside={<Link to={`/runs?plan=${run.plan.id}`}>All of this plan</Link>}>
      <Facts rows={rowsOf(run)} />
    </Section>
  );
}
