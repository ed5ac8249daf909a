import { Loader } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Navigate, Outlet, useLocation } from 'react-router';
import { sessionQuery } from '../api/session';
import { LiveProvider } from '../live/live-provider';
import { GateFrame, GateTrouble } from './gate-frame';
import { signInPath } from './return-path';
import { SessionContext } from './session-context';

/** Lets only people who are signed in through; others sign in first and come back to where they were. */
export function RequireSession() {
  const { data: session, error } = useQuery({
    ...sessionQuery,
    refetchInterval: ({ state }) => (state.status === 'error' ? 3000 : false),
  });
  const location = useLocation();
  if (session) {
    return (
      <SessionContext value={session}>
        <LiveProvider>
          <Outlet />
        </LiveProvider>
      </SessionContext>
    );
  }
  if (session === null) return <Navigate to={signInPath(location)} replace />;
  if (error) return <GateTrouble error={error} />;
  return (
    <GateFrame>
      <Loader size="sm" aria-label="Loading" />
    </GateFrame>
  );
}
