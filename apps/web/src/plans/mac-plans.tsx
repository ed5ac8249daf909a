import type { MacView, PlanView } from '@fleetclone/contracts';
import { Button } from '@mantine/core';
import {
  IconArrowRight,
  IconCircleCheck,
  IconClock,
  IconListCheck,
  IconPlus,
  IconShieldX,
} from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from 'react-router';
import { credentialsQuery, plansQuery, retryCredential } from '../api/plans';
import { formatPlural } from '../format/quantities';
import { CopyIcon } from '../parts/copy';
import { refreshFleet } from '../live/apply-live-message';
import { Notice } from '../parts/notice';
import { notifyFailed } from '../parts/notify';
import { Section } from '../parts/page';
import { QueryView } from '../parts/query-view';
import rows from '../parts/rows.module.css';
import { Tag } from '../parts/tag';
import { RelativeTime } from '../parts/time';
import { EmptyState, LoadingRows } from '../parts/waiting-states';
import { BackUpPlanButton } from '../runs/back-up-now';
import { RunStateTag } from '../runs/run-state-tag';
import { usePermissions } from '../session/session-context';
import classes from './mac-plans.module.css';
import { describeOptions, inOneLine } from './option-words';
import { explainTrust, trustWords } from './trust-words';

function TrustTag({ plan }: { readonly plan: PlanView }) {
  const { label, tone } = trustWords[plan.trust];
  const Icon = { ok: IconCircleCheck, bad: IconShieldX, busy: IconClock }[tone];
  return (
    <Tag tone={tone} icon={<Icon size={14} aria-hidden />}>
      {label}
    </Tag>
  );
}

function AskAgain({ credentialId, plan }: { readonly credentialId: string; readonly plan: PlanView }) {
  const client = useQueryClient();
  const retry = useMutation({
    mutationFn: () => retryCredential(credentialId),
    onSuccess: () => refreshFleet(client),
    onError: (error) => notifyFailed(error, () => retry.mutate()),
  });
  return (
    <Button size="compact-sm" variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>
      Ask {plan.remote.name} again
    </Button>
  );
}

function TrustNotice({ plan }: { readonly plan: PlanView }) {
  const { canChange } = usePermissions();
  const { data: credentials } = useQuery(credentialsQuery);
  if (plan.trust === 'authorised') return null;
  const credential = credentials?.find(
    ({ macId, remoteId }) => macId === plan.mac.id && remoteId === plan.remote.id,
  );
  const isRefused = plan.trust === 'refused';
  return (
    <Notice
      tone={isRefused ? 'bad' : 'busy'}
      {...(isRefused && { title: `${plan.remote.name} does not let ${plan.mac.name} in` })}
      actions={isRefused && canChange && credential && <AskAgain credentialId={credential.id} plan={plan} />}
    >
      {explainTrust(plan, credential?.problem ?? null)}
      {isRefused && ' Put that right there, then ask again; runs of this plan wait until then.'}
    </Notice>
  );
}

function Way({ plan }: { readonly plan: PlanView }) {
  return (
    <div className={classes.way}>
      <div className={classes.paths}>
        {plan.sourcePaths.map((path) => (
          <code key={path}>{path}</code>
        ))}
        {plan.excludes.length > 0 && (
          <span className={classes.quiet} title={plan.excludes.join('\n')}>
            without {formatPlural(plan.excludes.length, 'pattern')}: <code>{plan.excludes.join(', ')}</code>
          </span>
        )}
      </div>
      <IconArrowRight size={16} className={classes.arrow} aria-label="to" />
      <div className={classes.paths}>
        <span>
          <Link to={`/macs/${plan.remote.macId}`}>{plan.remote.name}</Link>
        </span>
        <span className={classes.folder}>
          <code>{plan.destinationFolder}</code>
          <CopyIcon text={plan.destinationFolder} label="Copy the folder’s path" />
        </span>
      </div>
    </div>
  );
}

function Options({ plan }: { readonly plan: PlanView }) {
  const phrases = describeOptions(plan.options);
  if (plan.options.mode === 'snapshots') phrases.unshift('snapshots');
  return phrases.length > 0 && <p className={classes.options}>{inOneLine(phrases)}</p>;
}

function LastRun({ plan }: { readonly plan: PlanView }) {
  return (
    <p className={classes.quiet}>
      {plan.lastSuccessAt ? (
        <>
          Last good backup <RelativeTime at={plan.lastSuccessAt} />
        </>
      ) : (
        'No good backup yet'
      )}
      {plan.lastRun && (
        <>
          {' · '}
          <Link to={`/runs/${plan.lastRun.id}`} className={classes.lastRun}>
            last run <RunStateTag run={plan.lastRun} />
          </Link>
        </>
      )}
    </p>
  );
}

function PlanItem({ plan }: { readonly plan: PlanView }) {
  const { canRun } = usePermissions();
  const isRunning = plan.lastRun !== null && plan.lastRun.finishedAt === null;
  return (
    <li className={classes.plan}>
      <div className={classes.planHead}>
        <h3>{plan.name}</h3>
        <TrustTag plan={plan} />
        {canRun && (
          <div className={classes.planAction}>
            {isRunning && plan.lastRun ? (
              <Button size="compact-sm" variant="default" component={Link} to={`/runs/${plan.lastRun.id}`}>
                Open the run
              </Button>
            ) : (
              <BackUpPlanButton plan={plan} />
            )}
          </div>
        )}
      </div>
      <Way plan={plan} />
      <Options plan={plan} />
      <TrustNotice plan={plan} />
      <LastRun plan={plan} />
    </li>
  );
}

function NoPlans({ mac, isDestination }: MacPlansProps) {
  const { canChange } = usePermissions();
  if (isDestination) {
    return <p className={classes.none}>It takes the copies of others. Nothing of its own is backed up.</p>;
  }
  return (
    <EmptyState
      icon={<IconListCheck size={24} />}
      title="No plan yet"
      actions={
        canChange && (
          <Button component={Link} to={`/plans/new?mac=${mac.id}`} leftSection={<IconPlus size={16} />}>
            Make a plan
          </Button>
        )
      }
    >
      A plan says which folders of {mac.name} go where.{canChange ? '' : ' An admin can make one.'}
    </EmptyState>
  );
}

interface MacPlansProps {
  readonly mac: MacView;
  readonly isDestination: boolean;
}

/** A Mac's plans: what goes where, whether it is trusted there, and how it last went. */
export function MacPlans({ mac, isDestination }: MacPlansProps) {
  const plans = useQuery(plansQuery(mac.id));
  return (
    <Section flush title="Plans">
      <QueryView query={plans} loading={<LoadingRows rows={2} />}>
        {(data) =>
          data.length === 0 ? (
            <NoPlans mac={mac} isDestination={isDestination} />
          ) : (
            <ul className={rows.list}>
              {data.map((plan) => (
                <PlanItem key={plan.id} plan={plan} />
              ))}
            </ul>
          )
        }
      </QueryView>
    </Section>
  );
}
