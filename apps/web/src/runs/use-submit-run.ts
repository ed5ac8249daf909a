import type { RunView } from '@fleetclone/contracts';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { isWorthRetrying } from '../api/errors';
import { submitRun } from '../api/runs';
import { newUuid } from '../api/uuid';
import { applyLiveMessage, refreshFleet } from '../live/apply-live-message';
import { notifyFailed } from '../parts/notify';

interface Submission {
  readonly planId: string;
  /** Made when the button is pressed; every retry of that press sends the same, so that it can start one run only. */
  readonly idempotencyKey: string;
}

const mostRetries = 3;

/** Ask for a run of a plan now. */
export function useSubmitRun(onSubmitted: (run: RunView) => void) {
  const client = useQueryClient();
  const mutation = useMutation({
    mutationFn: ({ planId, idempotencyKey }: Submission) => submitRun(planId, idempotencyKey),
    retry: (failures, error) => failures < mostRetries && isWorthRetrying(error),
    onSuccess: (run) => {
      client.setQueryData(['run', run.id], run);
      applyLiveMessage(client, { type: 'run', run }, () => refreshFleet(client));
      onSubmitted(run);
    },
    onError: (error, submission) => notifyFailed(error, () => mutation.mutate(submission)),
  });
  return {
    isSubmitting: mutation.isPending,
    submit: (planId: string) => mutation.mutate({ planId, idempotencyKey: newUuid() }),
  };
}
