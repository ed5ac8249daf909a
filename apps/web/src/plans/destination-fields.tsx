import type { MacView, RemoteView } from '@fleetclone/contracts';
import { Autocomplete, Select } from '@mantine/core';
import { Link } from 'react-router';
import { describeAddress } from '../macs/mac-words';
import { Notice } from '../parts/notice';
import { Section } from '../parts/page';
import { HostKeyNote } from './host-key-note';
import type { NewPlanForm } from './new-plan-values';
import { listFolders, reportedReach, whyNoDestination } from './plan-choices';
import { ReachFields } from './reach-fields';
import classes from './new-plan.module.css';
import { suggest } from './suggestions';

function choiceOf(mac: MacView) {
  const problem = whyNoDestination(mac);
  const reach = reportedReach(mac);
  const detail = problem ?? (reach ? describeAddress(reach.host, reach.port) : 'no address known');
  return { value: mac.id, label: `${mac.name} · ${detail}`, disabled: problem !== null };
}

function DestinationFolderField({
  form,
  mac,
  source,
}: DestinationProps & { readonly source: MacView | undefined }) {
  const { destinationRoots } = mac.facts;
  const root = form.values.destinationRoot.replace(/\/+$/, '');
  return (
    <div>
      <Autocomplete
        label="Folder"
        description={`${mac.name} lets in ${listFolders(destinationRoots)}, and folders below.`}
        data={destinationRoots}
        filter={({ options, search }) => suggest(options, search)}
        spellCheck={false}
        classNames={{ input: classes.path ?? '', option: classes.path ?? '' }}
        {...form.getInputProps('destinationRoot')}
      />
      {source && root !== '' && (
        <p className={classes.hint}>
          The copy gets a folder of its own below{' '}
          <code>
            {root}/{source.slug}
          </code>
          , as plain files that anyone with the disk can read.
        </p>
      )}
    </div>
  );
}

interface DestinationProps {
  readonly form: NewPlanForm;
  readonly mac: MacView;
}

interface DestinationFieldsProps {
  readonly form: NewPlanForm;
  readonly macs: readonly MacView[];
  readonly remotes: readonly RemoteView[];
}

/** Which Mac takes the copy, in which folder, and how it is reached. */
export function DestinationFields({ form, macs, remotes }: DestinationFieldsProps) {
  const source = macs.find((each) => each.id === form.values.macId);
  const mac = macs.find((each) => each.id === form.values.destinationMacId);
  const candidates = macs.filter((each) => each.id !== form.values.macId);
  const hasChoice = candidates.some((each) => whyNoDestination(each) === null);
  const choose = (destinationMacId: string | null): void => {
    const roots = macs.find((each) => each.id === destinationMacId)?.facts.destinationRoots ?? [];
    form.setValues({ destinationMacId, destinationRoot: roots[0] ?? '', reach: null });
    form.clearFieldError('destinationRoot');
  };
  return (
    <Section title="Where to">
      <div className={classes.fields}>
        <Select
          label="Mac that takes the copy"
          placeholder="Choose a Mac"
          searchable
          data={candidates.map(choiceOf)}
          nothingFoundMessage="No Mac of that name"
          {...form.getInputProps('destinationMacId')}
          onChange={choose}
        />
        {!hasChoice && (
          <Notice tone="warn" title="No other Mac can take copies yet">
            The agent of the Mac that takes the copy must let a folder in, and Remote Login must be on there.
            Set that up, or <Link to="/macs/add">add another Mac</Link>.
          </Notice>
        )}
        {mac && (
          <>
            <DestinationFolderField form={form} mac={mac} source={source} />
            <ReachFields form={form} mac={mac} remotes={remotes} />
            <HostKeyNote form={form} mac={mac} remotes={remotes} />
          </>
        )}
      </div>
    </Section>
  );
}
