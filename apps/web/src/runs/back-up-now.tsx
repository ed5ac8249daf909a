import type { MacView, PlanView } from '@fleetclone/contracts';
import { Button, Menu } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { plansQuery } from '../api/plans';
import { notifyDone, notifyFailed } from '../parts/notify';
import { useSubmitRun } from './use-submit-run';

type BackUpMac = Pick<MacView, 'id' | 'name'>;

function useBackUp() {
  return useSubmitRun((run) =>
    notifyDone(
      'Backup requested',
      <>
        {run.plan.name} on {run.mac.name}. <Link to={`/runs/${run.id}`}>Follow the run</Link>
      </>,
    ),
  );
}

/** Starts one plan. */
export function BackUpPlanButton({ plan }: { readonly plan: PlanView }) {
  const { submit, isSubmitting } = useBackUp();
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<IconPlayerPlay size={14} />}
      loading={isSubmitting}
      onClick={() => submit(plan.id)}
      aria-label={`Back up now: ${plan.name}`}
    >
      Back up now
    </Button>
  );
}

interface PlanChoiceProps {
  readonly mac: BackUpMac;
  readonly plans: readonly PlanView[];
  readonly submit: (planId: string) => void;
}

function PlanChoice({ mac, plans, submit }: PlanChoiceProps) {
  if (plans.length === 0) return <Menu.Label>{mac.name} has no plan yet.</Menu.Label>;
  return (
    <>
      <Menu.Label>Which plan of {mac.name}?</Menu.Label>
      {plans.map((plan) => (
        <Menu.Item key={plan.id} onClick={() => submit(plan.id)}>
          {plan.name}
        </Menu.Item>
      ))}
      <Menu.Divider />
      <Menu.Item onClick={() => plans.forEach((plan) => submit(plan.id))}>All {plans.length} plans</Menu.Item>
    </>
  );
}

/** Starts a Mac's plan at once when there is one, and asks which when there are several. */
export function BackUpMacButton({ mac, size }: { readonly mac: BackUpMac; readonly size: 'row' | 'page' }) {
  const client = useQueryClient();
  const { submit, isSubmitting } = useBackUp();
  const [choice, setChoice] = useState<readonly PlanView[] | null>(null);
  const press = useMutation({
    mutationFn: () => client.query({ ...plansQuery(mac.id), staleTime: 0 }),
    onSuccess: (plans) => {
      const [only, another] = plans;
      if (only && !another) submit(only.id);
      else setChoice(plans);
    },
    onError: (error) => notifyFailed(error, () => press.mutate()),
  });
  return (
    <Menu
      position="bottom-end"
      shadow="md"
      opened={choice !== null}
      onChange={(wantsOpen) => (wantsOpen ? press.mutate() : setChoice(null))}
    >
      <Menu.Target>
        <Button
          size={size === 'page' ? 'sm' : 'compact-sm'}
          variant={size === 'page' ? 'filled' : 'default'}
          leftSection={<IconPlayerPlay size={14} />}
          loading={press.isPending || isSubmitting}
          aria-label={`Back up now: ${mac.name}`}
        >
          Back up now
        </Button>
      </Menu.Target>
      <Menu.Dropdown>{choice && <PlanChoice mac={mac} plans={choice} submit={submit} />}</Menu.Dropdown>
    </Menu>
  );
}
