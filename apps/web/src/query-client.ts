import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { isSessionMissing, isWorthRetrying } from './api/errors';
import { sessionQuery } from './api/session';

/** The cache of what was read. Whatever finds the session gone says so to everybody, which leads to signing in. */
export function createQueryClient(): QueryClient {
  const onError = (error: unknown): void => {
    if (isSessionMissing(error)) client.setQueryData(sessionQuery.queryKey, null);
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        // The controller may well be on a network without Internet, which browsers call offline.
        networkMode: 'always',
        retry: (failures, error) => failures < 1 && isWorthRetrying(error),
        staleTime: 2000,
      },
      mutations: { networkMode: 'always' },
    },
  });
  return client;
}
