import type { RunView } from '@fleetclone/contracts';
import { Button, Group, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { cancelRun } from '../api/runs';
import { notifyFailed } from '../parts/notify';

/** Cancels a run, after asking. */
export function CancelRun({ run }: { readonly run: RunView }) {
  const client = useQueryClient();
  const [isAsking, setIsAsking] = useState(false);
  const mutation = useMutation({
    mutationFn: () => cancelRun(run.id),
    onSuccess: (cancelled) => client.setQueryData(['run', run.id], cancelled),
    onError: (error) => {
      // It may have ended in the same moment: show how.
      void client.invalidateQueries({ queryKey: ['run', run.id] });
      notifyFailed(error);
    },
    onSettled: () => setIsAsking(false),
  });
  if (run.cancelRequestedAt) {
    return (
      <Button variant="default" disabled>
        Cancelling…
      </Button>
    );
  }
  return (
    <>
      <Button variant="default" onClick={() => setIsAsking(true)}>
        Cancel
      </Button>
      <Modal opened={isAsking} onClose={() => setIsAsking(false)} title="Cancel this run?" centered>
        <p>
          {run.mac.name} stops copying {run.plan.name}. The last good copy at {run.remote.name} stays as it
          is.
        </p>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={() => setIsAsking(false)} data-autofocus>
            Keep it running
          </Button>
          <Button color="red.8" loading={mutation.isPending} onClick={() => mutation.mutate()}>
            Cancel the run
          </Button>
        </Group>
      </Modal>
    </>
  );
}
