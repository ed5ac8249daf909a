import type { MacView } from '@fleetclone/contracts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { runsQuery } from '../api/runs';
import { Section } from '../parts/page';
import { QueryView } from '../parts/query-view';
import { LoadingRows } from '../parts/waiting-states';
import { RunList } from '../runs/run-list';
import classes from '../fleet/fleet-page.module.css';

const newestRuns = 10;

/** A Mac's newest runs, with the way to all of them. */
export function MacRuns({ mac }: { readonly mac: MacView }) {
  const query = useInfiniteQuery(runsQuery({ macId: mac.id }, newestRuns));
  const hasRuns = (query.data?.pages[0]?.items.length ?? 0) > 0;
  return (
    <Section
      flush
      title="Runs"
      aside={hasRuns && <Link to={`/runs?mac=${mac.id}`}>All runs of {mac.name}</Link>}
    >
      <QueryView query={query} loading={<LoadingRows rows={3} />}>
        {({ pages }) => {
          const runs = pages[0]?.items ?? [];
          if (runs.length === 0) return <p className={classes.none}>Nothing has run here yet.</p>;
          return <RunList runs={runs} isOfOneMac />;
        }}
      </QueryView>
    </Section>
  );
}
