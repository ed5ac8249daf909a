import type { Role, SessionView } from '@fleetclone/contracts';
import { createContext, use } from 'react';

/** The session of whoever is signed in; only below `RequireSession`. */
export const SessionContext = createContext<SessionView | null>(null);

/** Who is signed in. */
export function useSession(): SessionView {
  const session = use(SessionContext);
  if (!session) throw new Error('useSession needs RequireSession above it');
  return session;
}

/** What a role may do here. The controller decides; this only spares people buttons that it would refuse. */
export function permissionsOf(role: Role): { readonly canRun: boolean; readonly canChange: boolean } {
  return { canRun: role !== 'viewer', canChange: role === 'admin' };
}

/** What whoever is signed in may do: start and cancel runs, and change the fleet. */
export const usePermissions = () => permissionsOf(useSession().user.role);
