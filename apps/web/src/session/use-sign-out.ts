import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { sessionQuery, signOut } from '../api/session';
import { notifyFailed } from '../parts/notify';

/** Ends the session here and forgets everything that was read with it. */
export function useSignOut() {
  const client = useQueryClient();
  const navigate = useNavigate();
  const mutation = useMutation({
    mutationFn: () => signOut(),
    onSuccess: async () => {
      await navigate('/sign-in', { replace: true });
      client.clear();
      client.setQueryData(sessionQuery.queryKey, null);
    },
    onError: (error) => notifyFailed(error, () => mutation.mutate()),
  });
  return mutation;
}
