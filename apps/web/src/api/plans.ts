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

/** The plans of one Mac, or of the whole fleet. */
export const plansQuery = (macId?: string) =>
  queryOptions({
    queryKey: ['plans', macId ?? 'all'],
    queryFn: ({ signal }) =>
      fetchAllPages((cursor) =>
        callApi({
          method: 'GET',
          path: '/plans',
          query: { macId, cursor, limit: largestPage },
          reply: PlanPage,
          signal,
        }),
      ),
  });

/** Name a Mac of the fleet as a place to back up to. */
export const createRemote = (body: CreateRemote) =>
  callApi({ method: 'POST', path: '/remotes', body, reply: RemoteView });

/** Make a plan; its credential follows by itself. */
export const createPlan = (body: CreatePlan) =>
  callApi({ method: 'POST', path: '/plans', body, reply: PlanView });

/** Ask the remote's agent once more to let a credential in that it refused. */
export const retryCredential = (credentialId: string) =>
  callApi({ method: 'POST', path: `/credentials/${credentialId}/retry`, reply: NoReply });
