import type { RunView } from '@fleetclone/contracts';
import { Link } from 'react-router';
import { Meter } from '../parts/meter';
import classes from './run-activity.module.css';
import { RunStateTag } from './run-state-tag';
import { describeProgress, describeWaiting, runShare } from './run-words';

function activityLine(run: RunView): string {
  if (run.isDisconnected) return 'Not heard of for a while; the transfer may well go on.';
  if (run.waitingFor !== null) return describeWaiting(run);
  if (run.state === 'transferring' && run.progress) return describeProgress(run.progress);
  return '';
}

/** A run under way, in a row: what it does and how far it is; leads to the run. */
export function RunActivity({ run, planName }: { readonly run: RunView; readonly planName?: boolean }) {
  const line = activityLine(run);
  return (
    <Link to={`/runs/${run.id}`} className={classes.activity}>
      <span className={classes.top}>
        <RunStateTag run={run} />
        {planName && <span className={classes.plan}>{run.plan.name}</span>}
      </span>
      {run.state === 'transferring' && (
        <Meter
          share={runShare(run.progress)}
          label={`${run.plan.name} on ${run.mac.name}`}
          tone={run.isDisconnected ? 'warn' : 'busy'}
        />
      )}
      {line && <span className={classes.line}>{line}</span>}
    </Link>
  );
}
