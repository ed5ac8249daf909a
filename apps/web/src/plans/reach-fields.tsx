import type { MacView, RemoteView } from '@fleetclone/contracts';
import { Autocomplete, Button, NumberInput, TextInput } from '@mantine/core';
import { describeAddress } from '../macs/mac-words';
import type { NewPlanForm } from './new-plan-values';
import { findFittingRemote, reportedReach, type Reach } from './plan-choices';
import classes from './new-plan.module.css';
import { suggest } from './suggestions';

interface ReachFieldsProps {
  readonly form: NewPlanForm;
  readonly mac: MacView;
  readonly remotes: readonly RemoteView[];
}

function currentReach({ form, mac, remotes }: ReachFieldsProps): Reach | null {
  const { destinationRoot, reach } = form.values;
  if (reach) return reach;
  return findFittingRemote(remotes, { macId: mac.id, destinationRoot, reach: null }) ?? reportedReach(mac);
}

function ReachInputs({ form, mac, reach }: ReachFieldsProps & { readonly reach: Reach }) {
  const change = (part: Partial<Reach>): void => form.setFieldValue('reach', { ...reach, ...part });
  return (
    <div className={classes.reachInputs}>
      <Autocomplete
        label="Address"
        data={mac.facts.ssh?.addresses ?? []}
        filter={({ options, search }) => suggest(options, search)}
        spellCheck={false}
        value={reach.host}
        onChange={(host) => change({ host })}
      />
      <NumberInput
        label="Port"
        min={1}
        max={65_535}
        allowDecimal={false}
        hideControls
        value={reach.port}
        onChange={(port) => change({ port: Number(port) })}
      />
      <TextInput
        label="Account"
        spellCheck={false}
        autoCapitalize="none"
        value={reach.user}
        onChange={(event) => change({ user: event.currentTarget.value })}
      />
    </div>
  );
}

/** How the destination is reached: what its agent reports, unless somebody knows better (a forwarded port, another address). */
export function ReachFields(props: ReachFieldsProps) {
  const { form } = props;
  const reach = currentReach(props);
  if (!reach) return null;
  const { error } = form.getInputProps('reach') as { error?: string };
  return (
    <div>
      <div className={classes.reach}>
        <span>
          Reached at{' '}
          <code>
            {reach.user}@{describeAddress(reach.host, reach.port)}
          </code>
          {reach.port === 22 && ', port 22'}
        </span>
        <Button
          variant="subtle"
          size="compact-xs"
          onClick={() => form.setFieldValue('reach', form.values.reach ? null : { ...pick(reach) })}
        >
          {form.values.reach ? 'Use what its agent reports' : 'Change'}
        </Button>
      </div>
      {form.values.reach && <ReachInputs {...props} reach={form.values.reach} />}
      {error && (
        <p className={classes.error} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

const pick = ({ host, port, user }: Reach): Reach => ({ host, port, user });
