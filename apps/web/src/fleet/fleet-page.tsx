import type { MacView } from '@fleetclone/contracts';
import { Button, TextInput } from '@mantine/core';
import { IconDeviceDesktopPlus, IconPlus, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { macsQuery } from '../api/macs';
import { formatCount, formatPlural } from '../format/quantities';
import { PageHeader, Section } from '../parts/page';
import { PageTitle } from '../parts/page-title';
import { QueryView } from '../parts/query-view';
import rows from '../parts/rows.module.css';
import { EmptyState, LoadingRows } from '../parts/waiting-states';
import { usePermissions } from '../session/session-context';
import { useDestinations } from '../shell/use-fleet-status';
import {
  fleetFilters,
  fleetHealth,
  matchesFleetFilter,
  sortByUrgency,
  type FleetFilter,
} from './fleet-health';
import classes from './fleet-page.module.css';
import { FleetSummary } from './fleet-summary';
import { MacRow } from './mac-row';

const rowsPerStep = 100;
const searchFrom = 6;

function useFleetFilter(): readonly [FleetFilter | null, (filter: FleetFilter | null) => void] {
  const [search, setSearch] = useSearchParams();
  const filter = fleetFilters.find((each) => each === search.get('show')) ?? null;
  return [filter, (next) => setSearch(next === null ? {} : { show: next }, { replace: true })];
}

interface MacListProps {
  readonly macs: readonly MacView[];
  readonly destinations: ReadonlySet<string>;
}

function MacList({ macs, destinations }: MacListProps) {
  const [shown, setShown] = useState(rowsPerStep);
  if (macs.length === 0) return <p className={classes.none}>No Mac is like that.</p>;
  return (
    <div className={rows.rows}>
      <div className={`${rows.head} ${classes.columns}`} aria-hidden>
        <span>Mac</span>
        <span>State</span>
        <span>Last good backup</span>
        <span>Now, or last run</span>
      </div>
      <ul className={rows.list}>
        {macs.slice(0, shown).map((mac) => (
          <MacRow key={mac.id} mac={mac} isDestination={destinations.has(mac.id)} />
        ))}
      </ul>
      {macs.length > shown && (
        <div className={classes.more}>
          <Button variant="default" size="xs" onClick={() => setShown(shown + rowsPerStep)}>
            Show {Math.min(rowsPerStep, macs.length - shown)} more of {formatPlural(macs.length, 'Mac')}
          </Button>
        </div>
      )}
    </div>
  );
}

function Fleet({ macs }: { readonly macs: readonly MacView[] }) {
  const destinations = useDestinations();
  const [filter, setFilter] = useFleetFilter();
  const [text, setText] = useState('');
  const listed = sortByUrgency(macs, destinations).filter((mac) => matchesFleetFilter(mac, filter, text));
  return (
    <>
      <FleetSummary health={fleetHealth(macs, destinations)} filter={filter} onFilter={setFilter} />
      <Section
        flush
        title={
          listed.length === macs.length
            ? formatPlural(macs.length, 'Mac')
            : `${formatCount(listed.length)} of ${formatPlural(macs.length, 'Mac')}`
        }
        aside={
          <div className={classes.tools}>
            {filter && (
              <Button size="compact-xs" variant="subtle" onClick={() => setFilter(null)}>
                Show all
              </Button>
            )}
            {macs.length >= searchFrom && (
              <TextInput
                className={classes.search ?? ''}
                size="xs"
                type="search"
                aria-label="Find a Mac by name"
                placeholder="Find a Mac"
                leftSection={<IconSearch size={14} aria-hidden />}
                value={text}
                onChange={(event) => setText(event.currentTarget.value)}
              />
            )}
          </div>
        }
      >
        <MacList macs={listed} destinations={destinations} />
      </Section>
    </>
  );
}

function EmptyFleet() {
  const { canChange } = usePermissions();
  return (
    <Section title="No Macs yet" flush>
      <EmptyState
        icon={<IconDeviceDesktopPlus size={24} />}
        title="Add your first Mac"
        actions={
          canChange && (
            <Button component={Link} to="/macs/add" leftSection={<IconPlus size={16} />}>
              Add a Mac
            </Button>
          )
        }
      >
        {canChange
          ? 'You get a command to run on it once. Add the Mac to be backed up and the one that takes the copies, then make a plan.'
          : 'An admin adds Macs; they appear here by themselves.'}
      </EmptyState>
    </Section>
  );
}

/** Is every Mac protected, and what needs me? */
export function FleetPage() {
  const macs = useQuery(macsQuery);
  const { canChange } = usePermissions();
  const hasMacs = (macs.data?.length ?? 0) > 0;
  return (
    <>
      <PageTitle>Fleet</PageTitle>
      <PageHeader
        title="Fleet"
        actions={
          canChange &&
          hasMacs && (
            <>
              <Button
                variant="default"
                component={Link}
                to="/macs/add"
                leftSection={<IconDeviceDesktopPlus size={16} />}
              >
                Add a Mac
              </Button>
              <Button component={Link} to="/plans/new" leftSection={<IconPlus size={16} />}>
                New plan
              </Button>
            </>
          )
        }
      />
      <QueryView
        query={macs}
        loading={
          <Section title="Reading the fleet" flush>
            <LoadingRows rows={7} />
          </Section>
        }
      >
        {(data) => (data.length === 0 ? <EmptyFleet /> : <Fleet macs={data} />)}
      </QueryView>
    </>
  );
}
