import { SessionView, type SetupRequest, SetupStatus, type SignInRequest } from '@fleetclone/contracts';
import { queryOptions } from '@tanstack/react-query';
import { isSessionMissing } from './errors';
import { callApi, NoReply } from './http';

/** Who is signed in; null for nobody. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: 60_000,
  queryFn: async ({ signal }) => {
    try {
      return await callApi({ method: 'GET', path: '/session', reply: SessionView, signal });
    } catch (error) {
      if (isSessionMissing(error)) return null;
      throw error;
    }
  },
});

/** Whether the first admin has been made. */
export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: ({ signal }) => callApi({ method: 'GET', path: '/setup', reply: SetupStatus, signal }),
});

/** Make the first admin and sign in as that person. */
export const setUp = (body: SetupRequest) =>
  callApi({ method: 'POST', path: '/setup', body, reply: SessionView });

/** Sign in with e-mail and password. */
export const signIn = (body: SignInRequest) =>
  callApi({ method: 'POST', path: '/session', body, reply: SessionView });

/** End the session of this browser. */
export const signOut = () => callApi({ method: 'DELETE', path: '/session', reply: NoReply });
