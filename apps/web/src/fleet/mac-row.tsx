import type { MacView } from '@fleetclone/contracts';
import { Button } from '@mantine/core';
import { IconMoon, IconPlus } from '@tabler/icons-react';
import { Link } from 'react-router';
import { currentRun } from '../macs/current-run';
import { describeProcessor, describeSystem, protectionTone } from '../macs/mac-words';
import { ProtectionTag } from '../macs/protection-tag';
import rows from '../parts/rows.module.css';
import { RelativeTime } from '../parts/time';
import { BackUpMacButton } from '../runs/back-up-now';
import { RunActivity } from '../runs/run-activity';
import { RunStateTag } from '../runs/run-state-tag';
import { usePermissions } from '../session/session-context';
import { explainProtection } from './fleet-health';
import classes from './fleet-page.module.css';

function MacName({ mac }: { readonly mac: MacView }) {
  return (
    <div className={rows.main}>
      <Link to={`/macs/${mac.id}`} className={rows.name}>
        {mac.name}
      </Link>
      <div className={rows.sub}>
        {describeSystem(mac.facts)} · {describeProcessor(mac.facts)}
      </div>
    </div>
  );
}

function MacStanding({ mac, isDestination }: MacRowProps) {
  return (
    <div className={classes.standing}>
      <ProtectionTag protection={mac.protection} isDestination={isDestination} />
      {mac.presence === 'away' && (
        <span className={`${rows.sub} ${classes.away}`}>
          <IconMoon size={13} aria-hidden />
          <span>
            Away
            {mac.lastSeenAt && (
              <>
                , seen <RelativeTime at={mac.lastSeenAt} />
              </>
            )}
          </span>
        </span>
      )}
    </div>
  );
}

function MacActivity({ mac, isDestination }: MacRowProps) {
  const reason = explainProtection(mac, isDestination);
  const run = currentRun(mac);
  if (run) return <RunActivity run={run} planName />;
  return (
    <div className={classes.last}>
      {mac.lastRun && (
        <Link to={`/runs/${mac.lastRun.id}`} className={classes.lastRun}>
          <RunStateTag run={mac.lastRun} />
          <span className={rows.sub}>{mac.lastRun.plan.name}</span>
        </Link>
      )}
      {reason && <span className={`${rows.sub} ${rows.clip}`}>{reason}</span>}
    </div>
  );
}

function MacAction({ mac, isDestination }: MacRowProps) {
  const { canRun, canChange } = usePermissions();
  if (mac.protection === 'no-plan') {
    if (!canChange || isDestination) return null;
    return (
      <Button
        size="compact-sm"
        variant="default"
        component={Link}
        to={`/plans/new?mac=${mac.id}`}
        leftSection={<IconPlus size={14} />}
        aria-label={`Make a plan for ${mac.name}`}
      >
        Make a plan
      </Button>
    );
  }
  return canRun && !currentRun(mac) ? <BackUpMacButton mac={mac} size="row" /> : null;
}

interface MacRowProps {
  readonly mac: MacView;
  readonly isDestination: boolean;
}

/** One Mac: how it stands, since when, what it does, and what can be done. */
export function MacRow({ mac, isDestination }: MacRowProps) {
  const tone = protectionTone(mac.protection, isDestination);
  return (
    <li
      className={`${rows.row} ${classes.columns}`}
      {...(['bad', 'warn'].includes(tone) && { 'data-tone': tone })}
    >
      <MacName mac={mac} />
      <MacStanding mac={mac} isDestination={isDestination} />
      <div className={rows.wide}>
        <span className={rows.mobileLabel}>Last good backup: </span>
        {mac.lastSuccessAt ? <RelativeTime at={mac.lastSuccessAt} /> : <span className={rows.sub}>none</span>}
      </div>
      <div className={rows.wide}>
        <MacActivity mac={mac} isDestination={isDestination} />
      </div>
      <div className={`${rows.end} ${classes.action}`}>
        <MacAction mac={mac} isDestination={isDestination} />
      </div>
    </li>
  );
}
