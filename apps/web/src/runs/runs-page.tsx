import { RunState } from '@fleetclone/contracts';
import { Button, Select } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'react-router';
import { macsQuery } from '../api/macs';
import { runsQuery, type RunFilter } from '../api/runs';
import { formatPlural } from '../format/quantities';
import { PageHeader, Section } from '../parts/page';
import { PageTitle } from '../parts/page-title';
import { QueryView } from '../parts/query-view';
import { EmptyState } from '../parts/waiting-states';
import { RunList } from './run-list';
import { runStateWords } from './run-words';
import classes from './runs-page.module.css';

const stateChoices = RunState.options.map((state) => ({ value: state, label: runStateWords[state].label }));

function readFilter(search: URLSearchParams): RunFilter {
  const state = RunState.safeParse(search.get('state'));
  const macId = search.get('mac');
  const planId = search.get('plan');
  return {
    ...(state.success && { state: state.data }),
    ...(macId !== null && { macId }),
    ...(planId !== null && { planId }),
  };
}

interface FilterBarProps {
  readonly filter: RunFilter;
  readonly onChange: (name: 'state' | 'mac', value: string | null) => void;
}

function FilterBar({ filter, onChange }: FilterBarProps) {
  const { data: macs } = useQuery(macsQuery);
  const macChoices = (macs ?? []).map((mac) => ({ value: mac.id, label: mac.name }));
  return (
    <div className={classes.filters}>
      <Select
        size="xs"
        aria-label="State"
        placeholder="Any state"
        data={stateChoices}
        value={filter.state ?? null}
        onChange={(value) => onChange('state', value)}
        clearable
      />
      <Select
        size="xs"
        aria-label="Mac"
        placeholder="Any Mac"
        data={macChoices}
        value={filter.macId ?? null}
        onChange={(value) => onChange('mac', value)}
        searchable
        clearable
        limit={50}
        nothingFoundMessage="No Mac of that name"
      />
    </div>
  );
}

function NoRuns({ isFiltered, onShowAll }: { readonly isFiltered: boolean; readonly onShowAll: () => void }) {
  if (isFiltered) {
    return (
      <EmptyState
        icon={<IconHistory size={24} />}
        title="No run is like that"
        actions={
          <Button variant="default" onClick={onShowAll}>
            Show all runs
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState
      icon={<IconHistory size={24} />}
      title="Nothing has run yet"
      actions={
        <Button variant="default" component={Link} to="/">
          Go to the fleet
        </Button>
      }
    >
      Every backup that you or a script asks for appears here, with what came of it.
    </EmptyState>
  );
}

function Runs({ filter, onShowAll }: { readonly filter: RunFilter; readonly onShowAll: () => void }) {
  const query = useInfiniteQuery(runsQuery(filter));
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <QueryView query={query}>
      {({ pages }) => {
        const runs = pages.flatMap((page) => page.items);
        if (runs.length === 0) return <NoRuns isFiltered={isFiltered} onShowAll={onShowAll} />;
        return (
          <>
            <RunList runs={runs} />
            <div className={classes.more}>
              {query.hasNextPage ? (
                <Button
                  variant="default"
                  size="xs"
                  loading={query.isFetchingNextPage}
                  onClick={() => void query.fetchNextPage()}
                >
                  Show older runs
                </Button>
              ) : (
                formatPlural(runs.length, 'run')
              )}
            </div>
          </>
        );
      }}
    </QueryView>
  );
}

/** Every run, newest first, by state and Mac. */
export function RunsPage() {
  const [search, setSearch] = useSearchParams();
  const filter = readFilter(search);
  const change = (name: 'state' | 'mac', value: string | null): void =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === null) next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  const showAll = (): void => setSearch({}, { replace: true });
  return (
    <>
      <PageTitle>Runs</PageTitle>
      <PageHeader title="Runs" />
      <Section flush title="Newest first" aside={<FilterBar filter={filter} onChange={change} />}>
        <Runs filter={filter} onShowAll={showAll} />
      </Section>
    </>
  );
}
