import type { MacView } from '@fleetclone/contracts';
import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { macQuery } from '../api/macs';
import { plansQuery } from '../api/plans';
import { explainProtection } from '../fleet/fleet-health';
import { Notice } from '../parts/notice';
import { PageHeader, Section } from '../parts/page';
import { PageTitle } from '../parts/page-title';
import { QueryView } from '../parts/query-view';
import { RelativeTime } from '../parts/time';
import { LoadingRows } from '../parts/waiting-states';
import { MacPlans } from '../plans/mac-plans';
import { BackUpMacButton } from '../runs/back-up-now';
import { RunActivity } from '../runs/run-activity';
import { usePermissions } from '../session/session-context';
import { useDestinations } from '../shell/use-fleet-status';
import { CopiesKept } from './copies-kept';
import { currentRun } from './current-run';
import { MacFactsPanel } from './mac-facts';
import classes from './mac-page.module.css';
import { MacRuns } from './mac-runs';
import { describeProcessor, describeSystem, protectionTone } from './mac-words';
import { AwayTag, ProtectionTag } from './protection-tag';

interface MacProps {
  readonly mac: MacView;
  readonly isDestination: boolean;
}

function MacActions({ mac, isDestination }: MacProps) {
  const { canRun, canChange } = usePermissions();
  const { data: plans } = useQuery(plansQuery(mac.id));
  const hasPlans = (plans?.length ?? 0) > 0;
  const isFree = plans?.some(({ lastRun }) => lastRun === null || lastRun.finishedAt !== null) ?? false;
  return (
    <>
      {canChange && (
        <Button
          variant={hasPlans || isDestination ? 'default' : 'filled'}
          component={Link}
          to={`/plans/new?mac=${mac.id}`}
          leftSection={<IconPlus size={16} />}
        >
          New plan
        </Button>
      )}
      {canRun && isFree && <BackUpMacButton mac={mac} size="page" />}
    </>
  );
}

function MacHeader({ mac, isDestination }: MacProps) {
  return (
    <PageHeader
      crumbs={[{ label: 'Fleet', to: '/' }]}
      title={mac.name}
      tags={
        <>
          <ProtectionTag protection={mac.protection} isDestination={isDestination} />
          <AwayTag presence={mac.presence} />
        </>
      }
      sub={
        <>
          {describeSystem(mac.facts)} · {describeProcessor(mac.facts)} ·{' '}
          {mac.lastSuccessAt ? (
            <>
              last good backup <RelativeTime at={mac.lastSuccessAt} />
            </>
          ) : (
            'no good backup yet'
          )}
        </>
      }
      actions={<MacActions mac={mac} isDestination={isDestination} />}
    />
  );
}

function Trouble({ mac, isDestination }: MacProps) {
  const { lastRun } = mac;
  const isAway = mac.presence === 'away' && mac.lastSeenAt !== null;
  // A run that waits or goes on says so itself, just below.
  const isExplained = mac.protection === 'protected' || currentRun(mac) !== null;
  const reason = isExplained ? '' : explainProtection(mac, isDestination);
  if (isDestination && mac.protection === 'no-plan') return null;
  if (!reason && !isAway) return null;
  return (
    <div className={classes.trouble}>
      <Notice tone={reason ? protectionTone(mac.protection, isDestination) : 'quiet'}>
        {reason}{' '}
        {isAway && mac.lastSeenAt && (
          <>
            It is away, last seen <RelativeTime at={mac.lastSeenAt} />; what you ask of it begins when it is
            back.{' '}
          </>
        )}
        {lastRun && reason && <Link to={`/runs/${lastRun.id}`}>See the run</Link>}
      </Notice>
    </div>
  );
}

function Mac({ mac }: { readonly mac: MacView }) {
  const isDestination = useDestinations().has(mac.id);
  const run = currentRun(mac);
  return (
    <>
      <PageTitle>{mac.name}</PageTitle>
      <MacHeader mac={mac} isDestination={isDestination} />
      <Trouble mac={mac} isDestination={isDestination} />
      <div className={classes.columns}>
        <div className={classes.main}>
          {run && (
            <Section title="Now">
              <RunActivity run={run} planName />
            </Section>
          )}
          <MacPlans mac={mac} isDestination={isDestination} />
          {isDestination && <CopiesKept mac={mac} />}
          <MacRuns mac={mac} />
        </div>
        <div>
          <MacFactsPanel mac={mac} />
        </div>
      </div>
    </>
  );
}

/** One Mac: how it stands, its plans, its runs, and what its agent says of it. */
export function MacPage() {
  const { macId = '' } = useParams();
  const mac = useQuery(macQuery(macId));
  return (
    <QueryView
      query={mac}
      loading={
        <Section title="Reading the Mac" flush>
          <LoadingRows />
        </Section>
      }
    >
      {(data) => <Mac mac={data} />}
    </QueryView>
  );
}
