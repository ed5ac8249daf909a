import {
  type CreatePlan,
  type CreateRemote,
  CredentialPage,
  PlanPage,
  PlanView,
  RemotePage,
  RemoteView,
} from '@fleetclone/contracts';
import { queryOptions } from '@tanstack/react-query';
import { callApi, NoReply } from './http';
import { fetchAllPages, largestPage } from './pages';

/** Every remote. */
export const remotesQuery = queryOptions({
  queryKey: ['remotes'],
  queryFn: ({ signal }) =>
    fetchAllPages((cursor) =>
      callApi({
        method: 'GET',
        path: '/remotes',
        query: { cursor, limit: largestPage },
        reply: RemotePage,
        signal,
      }),
    ),
});

/** Every credential. */
export const credentialsQuery = queryOptions({
  queryKey: ['credentials'],
  queryFn: ({ signal }) =>
    fetchAllPages((cursor) =>
      callApi({
        method: 'GET',
        path: '/credentials',
        query: { cursor, limit: largestPage },
        reply: CredentialPage,
        signal,
      }),
    ),
});

const plansWhere = (filter: { readonly macId?: string; readonly remoteMacId?: string }) =>
  queryOptions({
    queryKey: ['plans', filter],
    queryFn: ({ signal }) =>
      fetchAllPages((cursor) =>
        callApi({
          method: 'GET',
          path: '/plans',
          query: { ...filter, cursor, limit: largestPage },
          reply: PlanPage,
          signal,
        }),
      ),
  });

/** The plans that back up a Mac. */
export const plansQuery = (macId: string) => plansWhere({ macId });

/** The plans of other Macs whose copies a Mac keeps. */
export const plansKeptQuery = (remoteMacId: string) => plansWhere({ remoteMacId });

/** Name a Mac of the fleet as a place to back up to. */
export const createRemote = (body: CreateRemote) =>
  callApi({ method: 'POST', path: '/remotes', body, reply: RemoteView });

/** Make a plan; its credential follows by itself. */
export const createPlan = (body: CreatePlan) =>
  callApi({ method: 'POST', path: '/plans', body, reply: PlanView });

/** Ask the remote's agent once more to let a credential in that it refused. */
export const retryCredential = (credentialId: string) =>
  callApi({ method: 'POST', path: `/credentials/${credentialId}/retry`, reply: NoReply });
