import type { MacView, PlanView, RemoteView } from '@fleetclone/contracts';
import { Button, Checkbox, TextInput } from '@mantine/core';
import { IconDeviceDesktopPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { flushSync } from 'react-dom';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { describeError } from '../api/errors';
import { macsQuery } from '../api/macs';
import { remotesQuery } from '../api/plans';
import { Notice } from '../parts/notice';
import { notifyDone } from '../parts/notify';
import { PageHeader, Section } from '../parts/page';
import { PageTitle } from '../parts/page-title';
import { QueryView } from '../parts/query-view';
import { EmptyState } from '../parts/waiting-states';
import { useSubmitRun } from '../runs/use-submit-run';
import { usePermissions } from '../session/session-context';
import { DestinationFields } from './destination-fields';
import { useNewPlanForm, type NewPlanForm } from './new-plan-values';
import classes from './new-plan.module.css';
import { suggestName } from './plan-choices';
import { readOptions } from './option-values';
import { SourceFields } from './source-fields';
import { TransferOptionFields } from './transfer-option-fields';
import { useCreatePlan } from './use-create-plan';
import { VersionsFields } from './versions-fields';
import { WhatFollows } from './what-follows';

function useAfterCreation() {
  const navigate = useNavigate();
  const first = useSubmitRun((run) => void navigate(`/runs/${run.id}`));
  return (plan: PlanView, startsAtOnce: boolean): void => {
    notifyDone(
      `Plan “${plan.name}” made`,
      `${plan.mac.name} and ${plan.remote.name} are getting to trust each other.`,
    );
    // Also the place to be when the first run cannot be asked for.
    void navigate(`/macs/${plan.mac.id}`);
    if (startsAtOnce) first.submit(plan.id);
  };
}

/** Goes to the first field at fault; what it is in may have to open for it. */
function showFirstError(form: NewPlanForm, errors: NewPlanForm['errors']): void {
  flushSync(() => form.setErrors(errors));
  const [field] = Object.keys(errors);
  if (field !== undefined) form.getInputNode(field)?.focus();
}

function NameAndStart({ form, isPending }: { readonly form: NewPlanForm; readonly isPending: boolean }) {
  return (
    <Section title="Name and start">
      <div className={classes.fields}>
        <TextInput
          label="Name of the plan"
          description="Also names its folder at the destination."
          placeholder={suggestName(form.values.sourcePaths)}
          {...form.getInputProps('name')}
        />
        <Checkbox
          label="Back up at once"
          description="The first run begins as soon as the two Macs trust each other."
          {...form.getInputProps('startsAtOnce', { type: 'checkbox' })}
        />
        <div className={classes.buttons}>
          <Button type="submit" loading={isPending}>
            Make the plan
          </Button>
          <Button
            variant="default"
            component={Link}
            to={form.values.macId ? `/macs/${form.values.macId}` : '/'}
          >
            Cancel
          </Button>
        </div>
      </div>
    </Section>
  );
}

interface NewPlanProps {
  readonly macs: readonly MacView[];
  readonly remotes: readonly RemoteView[];
}

function NewPlan({ macs, remotes }: NewPlanProps) {
  const [search] = useSearchParams();
  const form = useNewPlanForm(macs, search.get('mac'));
  const creation = useCreatePlan(useAfterCreation());
  const submit = form.onSubmit(
    (values) => {
      const { macId, destinationMacId } = values;
      const options = readOptions(values.options);
      if (macId !== null && destinationMacId !== null && options !== null)
        creation.mutate({ ...values, macId, destinationMacId, options });
    },
    (errors) => showFirstError(form, errors),
  );
  const source = macs.find(({ id }) => id === form.values.macId);
  const trouble = creation.error ? describeError(creation.error) : null;
  return (
    <div className={classes.columns}>
      <form onSubmit={submit} noValidate>
        <SourceFields form={form} macs={macs} />
        <DestinationFields form={form} macs={macs} remotes={remotes} />
        <VersionsFields form={form} />
        <TransferOptionFields form={form} source={source} />
        <NameAndStart form={form} isPending={creation.isPending} />
        {trouble && (
          <div className={classes.trouble}>
            <Notice tone="bad" title={trouble.title}>
              {trouble.detail}
            </Notice>
          </div>
        )}
      </form>
      <aside>
        <WhatFollows
          source={source}
          destination={macs.find(({ id }) => id === form.values.destinationMacId)}
          mode={form.values.options.mode}
        />
      </aside>
    </div>
  );
}

function NoMacs() {
  return (
    <Section flush title="No Macs yet">
      <EmptyState
        icon={<IconDeviceDesktopPlus size={24} />}
        title="A plan takes two Macs"
        actions={
          <Button component={Link} to="/macs/add">
            Add a Mac
          </Button>
        }
      >
        One that is backed up, and one that takes the copy.
      </EmptyState>
    </Section>
  );
}

/** Make a plan: what, from where, to where. */
export function NewPlanPage() {
  const { canChange } = usePermissions();
  const macs = useQuery(macsQuery);
  const remotes = useQuery(remotesQuery);
  return (
    <>
      <PageTitle>New plan</PageTitle>
      <PageHeader
        crumbs={[{ label: 'Fleet', to: '/' }]}
        title="New plan"
        sub="The data goes straight from one Mac to the other, over ssh; never through the controller."
      />
      {canChange ? (
        <QueryView query={macs}>
          {(allMacs) => (
            <QueryView query={remotes}>
              {(allRemotes) =>
                allMacs.length === 0 ? <NoMacs /> : <NewPlan macs={allMacs} remotes={allRemotes} />
              }
            </QueryView>
          )}
        </QueryView>
      ) : (
        <Notice tone="quiet" title="Only admins make plans">
          Ask an admin of this fleet.
        </Notice>
      )}
    </>
  );
}
