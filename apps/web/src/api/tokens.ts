import { ApiTokenView, type CreateApiToken, CreatedApiToken, pageOf } from '@fleetclone/contracts';
import { queryOptions } from '@tanstack/react-query';
import { callApi, NoReply } from './http';
import { fetchAllPages, largestPage } from './pages';

const ApiTokenPage = pageOf(ApiTokenView);

/** Every API token. */
export const apiTokensQuery = queryOptions({
  queryKey: ['api-tokens'],
  queryFn: ({ signal }) =>
    fetchAllPages((cursor) =>
      callApi({
        method: 'GET',
        path: '/api-tokens',
        query: { cursor, limit: largestPage },
        reply: ApiTokenPage,
        signal,
      }),
    ),
});

/** Make an API token; the reply is the only one to hold it. */
export const createApiToken = (body: CreateApiToken) =>
  callApi({ method: 'POST', path: '/api-tokens', body, reply: CreatedApiToken });

/** Revoke an API token at once. */
export const deleteApiToken = (tokenId: string) =>
  callApi({ method: 'DELETE', path: `/api-tokens/${tokenId}`, reply: NoReply });
