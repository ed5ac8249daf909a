import type { MacView } from '@fleetclone/contracts';
import { Select, TagsInput, Textarea } from '@mantine/core';
import { Link } from 'react-router';
import { Notice } from '../parts/notice';
import { Section } from '../parts/page';
import { initialSources, type NewPlanForm } from './new-plan-values';
import { listFolders } from './plan-choices';
import classes from './new-plan.module.css';

function SourceFolders({ form, mac }: { readonly form: NewPlanForm; readonly mac: MacView }) {
  const { sourceRoots } = mac.facts;
  if (sourceRoots.length === 0) {
    return (
      <Notice tone="warn" title={`${mac.name} lets no folder out`}>
        Its agent decides that on the Mac itself. Allow a folder there; it appears here by itself. Or choose
        another Mac.
      </Notice>
    );
  }
  return (
    <TagsInput
      label="Folders"
      description={`${mac.name} lets out ${listFolders(sourceRoots)}, and all that is below. Type a path and press Enter to add it.`}
      data={sourceRoots}
      splitChars={[]}
      placeholder={form.values.sourcePaths.length === 0 ? '/Users/…' : ''}
      classNames={{ pill: classes.path ?? '', inputField: classes.path ?? '' }}
      {...form.getInputProps('sourcePaths')}
    />
  );
}

function Excludes({ form }: { readonly form: NewPlanForm }) {
  return (
    <div>
      <Textarea
        label="Leave out"
        description="One pattern a line, as rsync writes them: a name anywhere (*.tmp), a folder (node_modules/), or a path (/Users/*/Downloads)."
        autosize
        minRows={2}
        maxRows={10}
        spellCheck={false}
        classNames={{ input: classes.path ?? '' }}
        {...form.getInputProps('excludes')}
      />
      {form.values.options.exclusionGroups.length > 0 && (
        <p className={classes.hint}>
          Caches, trash and the like are left out anyway; the transfer options say which.
        </p>
      )}
    </div>
  );
}

interface SourceFieldsProps {
  readonly form: NewPlanForm;
  readonly macs: readonly MacView[];
}

/** Which Mac, which of its folders, and what of them not. */
export function SourceFields({ form, macs }: SourceFieldsProps) {
  const mac = macs.find((each) => each.id === form.values.macId);
  const choose = (macId: string | null): void => {
    const isDestination = macId !== null && macId === form.values.destinationMacId;
    form.setValues({
      macId,
      sourcePaths: initialSources(macs.find((each) => each.id === macId)),
      ...(isDestination && { destinationMacId: null, destinationRoot: '', reach: null }),
    });
    form.clearFieldError('sourcePaths');
  };
  return (
    <Section title="What to back up">
      <div className={classes.fields}>
        <Select
          label="Mac"
          placeholder="Choose a Mac"
          searchable
          data={macs.map((each) => ({ value: each.id, label: each.name }))}
          nothingFoundMessage="No Mac of that name"
          {...form.getInputProps('macId')}
          onChange={choose}
        />
        {macs.length === 1 && (
          <Notice tone="quiet">
            A plan takes two Macs, and this is the only one. <Link to="/macs/add">Add another</Link>
          </Notice>
        )}
        {mac && <SourceFolders form={form} mac={mac} />}
        {mac && <Excludes form={form} />}
      </div>
    </Section>
  );
}
