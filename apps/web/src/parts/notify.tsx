import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { describeError } from '../api/errors';

/** Say that something was done. */
export function notifyDone(title: string, message?: React.ReactNode): void {
  notifications.show({ title, message, color: 'teal', autoClose: 6000 });
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
