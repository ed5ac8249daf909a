import {
  isFinalRunState,
  type LiveMessage,
  type MacView,
  type PlanView,
  type RunEventView,
  type RunPage,
  type RunView,
} from '@fleetclone/contracts';
import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import { macsQuery } from '../api/macs';
import { latestRun, macWithRun, newerRun } from './newer-run';
import { mergeRunEvents } from './run-events';

type RunPages = InfiniteData<RunPage, string | undefined>;

function withRunInPages(pages: RunPages, run: RunView): RunPages {
  return {
    ...pages,
    pages: pages.pages.map((page) => ({
      ...page,
      items: page.items.map((item) => (item.id === run.id ? newerRun(item, run) : item)),
    })),
  };
}

function isListed(client: QueryClient, run: RunView): boolean {
  const lists = client.getQueriesData<RunPages>({ queryKey: ['runs'], type: 'active' });
  return lists.every(([, data]) => data?.pages.some((page) => page.items.some((item) => item.id === run.id)));
}

function applyRun(client: QueryClient, run: RunView): void {
  client.setQueryData<RunView>(['run', run.id], (known) => known && newerRun(known, run));
  client.setQueryData<MacView>(['mac', run.mac.id], (mac) => mac && macWithRun(mac, run));
  client.setQueryData(macsQuery.queryKey, (macs) => macs?.map((mac) => macWithRun(mac, run)));
  client.setQueriesData<PlanView[]>({ queryKey: ['plans'] }, (plans) =>
    plans?.map((plan) =>
      plan.id === run.plan.id ? { ...plan, lastRun: latestRun(plan.lastRun, run) } : plan,
    ),
  );
  client.setQueriesData<RunPages>({ queryKey: ['runs'] }, (pages) => pages && withRunInPages(pages, run));
}

/**
 * Bring one live message into what is shown. `refreshSoon` is called when more has changed than the message itself says: a run
 * that began or ended changes lists and protection.
 */
export function applyLiveMessage(client: QueryClient, message: LiveMessage, refreshSoon: () => void): void {
  switch (message.type) {
    case 'run':
      applyRun(client, message.run);
      if (isFinalRunState(message.run.state) || !isListed(client, message.run)) refreshSoon();
      return;
    case 'log':
      client.setQueryData<readonly RunEventView[]>(
        ['run-events', message.runId],
        (known) => known && mergeRunEvents(known, message.events),
      );
      return;
    case 'fleet':
      refreshSoon();
      return;
  }
}

const fleetKeys = ['macs', 'mac', 'plans', 'remotes', 'credentials', 'runs', 'enrolment-tokens'];

/** Read again what is shown of the fleet. */
export function refreshFleet(client: QueryClient): void {
  void client.invalidateQueries({ predicate: ({ queryKey }) => fleetKeys.includes(String(queryKey[0])) });
}
