import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { createContext, use, useEffect, useState, type ReactNode } from 'react';
import { applyLiveMessage, refreshFleet } from './apply-live-message';
import { createLiveConnection, type LiveConnection } from './live-connection';
import { useCutOff } from './use-cut-off';

const LiveContext = createContext<LiveConnection | null>(null);

const refreshDelayMs = 800;
const pollWhileCutOffMs = 5000;

function connect(client: QueryClient): LiveConnection {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const refreshSoon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      refreshFleet(client);
    }, refreshDelayMs);
  };
  return createLiveConnection({
    onMessage: (message) => applyLiveMessage(client, message, refreshSoon),
    onOpen: () => void client.invalidateQueries(),
  });
}

/** Keeps what is shown up to date for as long as somebody is signed in. */
export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const client = useQueryClient();
  const [connection] = useState(() => connect(client));
  const isCutOff = useCutOff() !== 'no';

  useEffect(() => {
    connection.start();
    return connection.stop;
  }, [connection]);

  useEffect(() => {
    if (!isCutOff) return;
    const timer = setInterval(() => void client.invalidateQueries(), pollWhileCutOffMs);
    return () => clearInterval(timer);
  }, [isCutOff, client]);

  return <LiveContext value={connection}>{children}</LiveContext>;
}

/** The live connection, to open it again by hand. */
export function useLiveConnection(): LiveConnection {
  const connection = use(LiveContext);
  if (!connection) throw new Error('useLiveConnection needs LiveProvider above it');
  return connection;
}

/** Ask for the log lines of a run. They keep coming until another run is asked for: closing and opening costs more. */
export function useWatchedRun(runId: string): void {
  const connection = useLiveConnection();
  useEffect(() => connection.watchRun(runId), [connection, runId]);
}
