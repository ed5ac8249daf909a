import { Button, Skeleton } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { describeError, isNotFound } from '../api/errors';
import { Notice } from './notice';
import classes from './waiting-states.module.css';

/** Where a list would be, while there is nothing in it: says what belongs here and how to get it. */
export function EmptyState(props: {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}) {
  return (
    <div className={classes.empty}>
      <div className={classes.emptyIcon} aria-hidden>
        {props.icon}
      </div>
      <h2>{props.title}</h2>
      {props.children && <p className={classes.emptyText}>{props.children}</p>}
      {props.actions && <div className={classes.emptyActions}>{props.actions}</div>}
    </div>
  );
}

const nothingHere = {
  title: 'There is nothing at this address',
  detail: 'It may have been removed, or the link is incomplete.',
};

/** What could not be read, why, and a way on. */
export function ErrorState({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const { title, detail } = isNotFound(error) ? nothingHere : describeError(error);
  return (
    <Notice
      tone={isNotFound(error) ? 'warn' : 'bad'}
      title={title}
      actions={
        <>
          {!isNotFound(error) && (
            <Button size="xs" variant="default" leftSection={<IconRefresh size={14} />} onClick={onRetry}>
              Try again
            </Button>
          )}
          <Button size="xs" variant="default" component={Link} to="/">
            Go to the fleet
          </Button>
        </>
      }
    >
      {detail}
    </Notice>
  );
}

/** Grey rows in the shape of a list that is on its way. */
export function LoadingRows({ rows = 5 }: { readonly rows?: number }) {
  return (
    <div className={classes.loading} role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className={classes.loadingRow}>
          <Skeleton height={14} width={`${26 - (index % 3) * 4}%`} />
          <Skeleton height={14} width="14%" />
          <Skeleton height={14} width={`${34 - (index % 2) * 9}%`} />
        </div>
      ))}
    </div>
  );
}
