import type { ReactNode } from 'react';
import { ErrorState, LoadingRows } from './waiting-states';

interface ReadQuery<Data> {
  readonly data: Data | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

interface QueryViewProps<Data> {
  readonly query: ReadQuery<Data>;
  readonly children: (data: Data) => ReactNode;
  readonly loading?: ReactNode;
}

/**
 * What a query gave; while it is on its way, its outline; when it failed with nothing to show, why. Data once read stays on
 * screen when a later read fails: the banner says so.
 */
export function QueryView<Data>({ query, children, loading = <LoadingRows /> }: QueryViewProps<Data>) {
  if (query.data !== undefined) return children(query.data);
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return loading;
}
