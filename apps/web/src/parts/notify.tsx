import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { MouseEvent, ReactNode } from 'react';
import { describeError } from '../api/errors';

/** Say that something was done. It goes by itself, and at once when a link in it is followed. */
export function notifyDone(title: string, message?: ReactNode): void {
  const id = notifications.show({
    title,
    message: <span onClick={(event) => hideAtLink(event, id)}>{message}</span>,
    color: 'teal',
    autoClose: 6000,
  });
}

function hideAtLink({ target }: MouseEvent, id: string): void {
  if (target instanceof HTMLAnchorElement) notifications.hide(id);
}

/** Say that something failed; stays until dismissed, with a way to try again when there is one. */
export function notifyFailed(error: unknown, retry?: () => void): void {
  const { title, detail } = describeError(error);
  const id = `failed-${title}`;
  const onRetry = (): void => {
    notifications.hide(id);
    retry?.();
  };
  notifications.show({
    id,
    title,
    color: 'red',
    autoClose: false,
    message: (
      <>
        {detail}
        {retry && (
          <Button size="compact-xs" variant="default" mt={8} display="block" onClick={onRetry}>
            Try again
          </Button>
        )}
      </>
    ),
  });
}
