import { RunEventList, RunPage, type RunState, RunView, type SubmitPlanRun } from '@fleetclone/contracts';
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { callApi } from './http';

/** Which runs a list shows. */
export interface RunFilter {
  readonly macId?: string;
  readonly planId?: string;
  readonly state?: RunState;
}

const runsPerPage = 50;

/** Runs, newest first, page by page. */
export const runsQuery = (filter: RunFilter, limit = runsPerPage) =>
  infiniteQueryOptions({
    queryKey: ['runs', filter, limit],
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: RunPage) => page.next ?? undefined,
    queryFn: ({ pageParam, signal }) =>
      callApi({
        method: 'GET',
        path: '/runs',
        query: { ...filter, cursor: pageParam, limit },
        reply: RunPage,
        signal,
      }),
  });

/** One run. */
export const runQuery = (runId: string) =>
  queryOptions({
    queryKey: ['run', runId],
    queryFn: ({ signal }) =>
      callApi({ method: 'GET', path: `/runs/${encodeURIComponent(runId)}`, reply: RunView, signal }),
  });

/** Lines of a run's history: those after the one named, or without it the newest. */
export const fetchRunEvents = (runId: string, after: string | undefined, signal?: AbortSignal) =>
  callApi({
    method: 'GET',
    path: `/runs/${encodeURIComponent(runId)}/events`,
    query: { after, limit: 500 },
    reply: RunEventList,
    ...(signal && { signal }),
  });

/** Ask for a run of a plan. The key is made when the button is pressed and kept for retries: the same key is the same run. */
export const submitRun = (planId: string, idempotencyKey: string) =>
  callApi({
    method: 'POST',
    path: `/plans/${planId}/runs`,
    body: { kind: 'backup' } satisfies SubmitPlanRun,
    headers: { 'idempotency-key': idempotencyKey },
    reply: RunView,
  });

/** Ask a run to stop; it ends once both sides have. */
export const cancelRun = (runId: string) =>
  callApi({ method: 'POST', path: `/runs/${runId}/cancel`, reply: RunView });
