import type { RunEventView } from '@fleetclone/contracts';
import { useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { fetchRunEvents } from '../api/runs';
import { mergeRunEvents } from './run-events';

const pageSize = 500;

async function readOn(client: QueryClient, runId: string, signal: AbortSignal) {
  const key = ['run-events', runId];
  let read = client.getQueryData<readonly RunEventView[]>(key) ?? [];
  for (;;) {
    const { items } = await fetchRunEvents(runId, read.at(-1)?.id, signal);
    const isFirstRead = read.length === 0;
    read = mergeRunEvents(read, items);
    if (isFirstRead || items.length < pageSize) break;
  }
  // Live lines may have come in meanwhile.
  return mergeRunEvents(client.getQueryData<readonly RunEventView[]>(key) ?? [], read);
}

/** A run's history: the newest lines at first, then every line that follows, read on from the last one after a gap. */
export function useRunEvents(runId: string) {
  const client = useQueryClient();
  return useQuery({
    queryKey: ['run-events', runId],
    // Lists of thousands of lines: comparing them deeply at every read costs more than rendering.
    structuralSharing: false,
    queryFn: ({ signal }) => readOn(client, runId, signal),
  });
}
