import { isFinalRunState, type RunView } from '@fleetclone/contracts';
import { Button } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from 'react-router';
import { runQuery } from '../api/runs';
import { formatPercent } from '../format/quantities';
import { useWatchedRun } from '../live/live-provider';
import { useRunEvents } from '../live/use-run-events';
import { PageHeader, Section } from '../parts/page';
import { PageTitle } from '../parts/page-title';
import { QueryView } from '../parts/query-view';
import { LoadingRows } from '../parts/waiting-states';
import { usePermissions } from '../session/session-context';
import { CancelRun } from './cancel-run';
import { RunFacts } from './run-facts';
import { RunLog } from './run-log';
import { RunNotices } from './run-notices';
import { FileErrors, RunOutcomePanel } from './run-outcome';
import classes from './run-page.module.css';
import { RunProgressPanel } from './run-progress';
import { RunStateTag } from './run-state-tag';
import { RunSteps } from './run-steps';
import { RunTotalsPanel } from './run-totals';
import { furthestStep, runShare, runStateWords } from './run-words';
import { useSubmitRun } from './use-submit-run';

function titleOf(run: RunView): string {
  const share = run.state === 'transferring' ? runShare(run.progress) : null;
  const standing = share === null ? runStateWords[run.state].label : formatPercent(share);
  return `${standing} · ${run.plan.name} on ${run.mac.name}`;
}

function RunAgain({ run }: { readonly run: RunView }) {
  const navigate = useNavigate();
  const { submit, isSubmitting } = useSubmitRun((again) => void navigate(`/runs/${again.id}`));
  return (
    <Button
      leftSection={<IconRefresh size={16} />}
      loading={isSubmitting}
      onClick={() => submit(run.plan.id)}
    >
      Run again
    </Button>
  );
}

function RunHeader({ run }: { readonly run: RunView }) {
  const { canRun } = usePermissions();
  return (
    <PageHeader
      crumbs={[
        { label: 'Runs', to: '/runs' },
        { label: run.mac.name, to: `/macs/${run.mac.id}` },
      ]}
      title={run.plan.name}
      tags={<RunStateTag run={run} />}
      sub={
        <>
          <Link to={`/macs/${run.mac.id}`} className={classes.quietLink}>
            {run.mac.name}
          </Link>{' '}
          → {run.remote.name}
        </>
      }
      actions={canRun && (isFinalRunState(run.state) ? <RunAgain run={run} /> : <CancelRun run={run} />)}
    />
  );
}

function Run({ run }: { readonly run: RunView }) {
  useWatchedRun(run.id);
  const events = useRunEvents(run.id).data ?? [];
  const isOver = isFinalRunState(run.state);
  const reached = events.flatMap((event) => (event.state ? [event.state] : []));
  return (
    <>
      <PageTitle>{titleOf(run)}</PageTitle>
      <RunHeader run={run} />
      <RunSteps run={run} furthest={furthestStep(reached)} />
      <RunNotices run={run} />
      {run.outcome && isOver && <RunOutcomePanel run={run} outcome={run.outcome} />}
      <div className={classes.columns}>
        <div className={classes.main}>
          {!isOver && run.progress && <RunProgressPanel run={run} progress={run.progress} />}
          {run.outcome && <FileErrors errors={run.outcome.fileErrors} count={run.outcome.fileErrorCount} />}
          <RunLog events={events} isLive={!isOver} />
        </div>
        <div className={classes.side}>
          {run.totals && <RunTotalsPanel totals={run.totals} />}
          <RunFacts run={run} />
        </div>
      </div>
    </>
  );
}

/** One run: where it is, how far, what came of it, and its log, live. */
export function RunPage() {
  const { runId = '' } = useParams();
  const run = useQuery(runQuery(runId));
  return (
    <QueryView
      query={run}
      loading={
        <Section title="Reading the run" flush>
          <LoadingRows rows={4} />
        </Section>
      }
    >
      {(data) => <Run run={data} />}
    </QueryView>
  );
}
