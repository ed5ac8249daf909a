import type { RunView } from '@fleetclone/contracts';
import { useQuery } from '@tanstack/react-query';
import { macQuery } from '../api/macs';
import { Notice } from '../parts/notice';
import { RelativeTime } from '../parts/time';
import classes from './run-page.module.css';
import { describeWaiting } from './run-words';

function Disconnected({ run }: { readonly run: RunView }) {
  const { data: mac } = useQuery(macQuery(run.mac.id));
  return (
    <Notice tone="warn" title={`${run.mac.name} is out of reach`}>
      {mac?.lastSeenAt && (
        <>
          Last heard of <RelativeTime at={mac.lastSeenAt} />.{' '}
        </>
      )}
      That is not a failure: the transfer may well go on, or go on once the Mac wakes. Its result arrives when
      it is back.
    </Notice>
  );
}

/** What people should know of a run before its figures: that it waits, is out of reach, or is being stopped. */
export function RunNotices({ run }: { readonly run: RunView }) {
  if (run.finishedAt !== null) return null;
  return (
    <div className={classes.notices}>
      {run.cancelRequestedAt && (
        <Notice tone="quiet" title="Being cancelled">
          {run.mac.name} was asked to stop <RelativeTime at={run.cancelRequestedAt} />. The run ends once it
          has.
        </Notice>
      )}
      {run.isDisconnected && <Disconnected run={run} />}
      {run.waitingFor && (
        <Notice tone="busy" title="Waiting">
          {describeWaiting(run)} The run is kept and begins as soon as it can; you need not keep this open.
        </Notice>
      )}
      {run.state === 'held' && (
        <Notice tone="warn" title="Held for approval">
          The run would change or remove much more than usual, so it waits for a person.
        </Notice>
      )}
    </div>
  );
}
