import { Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { reachability } from '../api/reachability';
import { formatClock } from '../format/times';
import { useLiveConnection } from '../live/live-provider';
import { useCutOff } from '../live/use-cut-off';
import classes from './shell.module.css';

function useLastHeard(): string | null {
  const { lastHeardAt } = useSyncExternalStore(reachability.subscribe, reachability.get);
  return lastHeardAt === null ? null : formatClock(new Date(lastHeardAt).toISOString());
}

/** Says that what is shown may be out of date; goes by itself once it is not. */
export function ConnectionBanner() {
  const cutOff = useCutOff();
  const lastHeard = useLastHeard();
  const connection = useLiveConnection();
  const client = useQueryClient();
  const tryNow = (): void => {
    connection.reopen();
    void client.invalidateQueries();
  };
  return (
    <div role="status">
      {cutOff !== 'no' && (
        <div className={classes.banner} data-tone="warn">
          <IconPlugConnectedX size={16} aria-hidden />
          <span className={classes.bannerWords}>
            {cutOff === 'unreachable'
              ? `The controller cannot be reached.${lastHeard ? ` What you see is from ${lastHeard}.` : ''} Transfers under way go on without it.`
              : 'Live updates are interrupted. What you see is read again every few seconds.'}{' '}
            Trying again by itself.
          </span>
          <Button size="compact-xs" variant="default" onClick={tryNow}>
            Try now
          </Button>
        </div>
      )}
    </div>
  );
}
