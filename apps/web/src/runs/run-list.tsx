import type { RunView } from '@fleetclone/contracts';
import { Link } from 'react-router';
import { formatBytes } from '../format/quantities';
import { Meter } from '../parts/meter';
import rows from '../parts/rows.module.css';
import { Elapsed, RelativeTime } from '../parts/time';
import classes from './run-list.module.css';
import { RunStateTag } from './run-state-tag';
import { describeProgress, describeWaiting, firstSentence, runShare } from './run-words';

function RunResult({ run }: { readonly run: RunView }) {
  if (run.finishedAt === null && run.progress && run.state === 'transferring') {
    return (
      <div className={classes.progress}>
        <Meter share={runShare(run.progress)} label={`${run.plan.name} on ${run.mac.name}`} />
        <span className={rows.sub}>{describeProgress(run.progress)}</span>
      </div>
    );
  }
  if (run.waitingFor) return <span className={`${rows.sub} ${rows.clip}`}>{describeWaiting(run)}</span>;
  if (run.totals && run.state === 'succeeded') {
    return (
      <span className={rows.sub}>
        {formatBytes(run.totals.bytesSent)} sent for {formatBytes(run.totals.bytesTotal)}
      </span>
    );
  }
  if (!run.outcome || run.state === 'succeeded') return null;
  return <span className={`${rows.sub} ${rows.clip}`}>{firstSentence(run.outcome.message)}</span>;
}

interface RunListProps {
  readonly runs: readonly RunView[];
  /** Leave out what all these runs share. */
  readonly isOfOneMac?: boolean;
}

function RunRow({ run, isOfOneMac }: { readonly run: RunView; readonly isOfOneMac: boolean }) {
  return (
    <li className={`${rows.row} ${classes.columns}`}>
      <div className={rows.main}>
        <Link to={`/runs/${run.id}`} className={`${rows.name} ${classes.whole}`}>
          {run.plan.name}
        </Link>
        <div className={rows.sub}>
          {isOfOneMac ? `to ${run.remote.name}` : `${run.mac.name} → ${run.remote.name}`}
        </div>
      </div>
      <div className={rows.end} data-start>
        <RunStateTag run={run} />
      </div>
      <div className={classes.above}>
        <RelativeTime at={run.submittedAt} />{' '}
        <span className={`${rows.sub} ${classes.by}`}>by {run.submittedBy}</span>
      </div>
      <div className={classes.took}>
        {run.startedAt && (
          <>
            <span className={rows.mobileLabel}>took </span>
            <Elapsed since={run.startedAt} until={run.finishedAt} />
          </>
        )}
      </div>
      <div className={rows.wide}>
        <RunResult run={run} />
      </div>
    </li>
  );
}

/** Runs, each leading to its page. */
export function RunList({ runs, isOfOneMac = false }: RunListProps) {
  return (
    <div className={rows.rows}>
      <div className={`${rows.head} ${classes.columns}`} aria-hidden>
        <span>{isOfOneMac ? 'Plan' : 'Plan and Mac'}</span>
        <span>State</span>
        <span>Submitted</span>
        <span>Took</span>
        <span>Result</span>
      </div>
      <ul className={rows.list}>
        {runs.map((run) => (
          <RunRow key={run.id} run={run} isOfOneMac={isOfOneMac} />
        ))}
      </ul>
    </div>
  );
}
