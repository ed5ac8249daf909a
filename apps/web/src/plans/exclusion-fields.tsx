import { exclusionGroupIds, type MacView } from '@fleetclone/contracts';
import { Checkbox, Textarea } from '@mantine/core';
import { Notice } from '../parts/notice';
import type { NewPlanForm } from './new-plan-values';
import classes from './new-plan.module.css';
import { exclusionGroupWords } from './option-words';

function Groups({ form }: { readonly form: NewPlanForm }) {
  return (
    <Checkbox.Group
      label="Of no use in a copy"
      description="Ticked: left out."
      {...form.getInputProps('options.exclusionGroups')}
    >
      <div className={classes.choices}>
        {exclusionGroupIds.map((id) => (
          <Checkbox
            key={id}
            value={id}
            label={exclusionGroupWords[id].title}
            description={exclusionGroupWords[id].reason}
          />
        ))}
      </div>
    </Checkbox.Group>
  );
}

interface ExclusionFieldsProps {
  readonly form: NewPlanForm;
  readonly source: MacView | undefined;
}

/** What of a plan's folders is not copied although no pattern says so, and what is copied all the same. */
export function ExclusionFields({ form, source }: ExclusionFieldsProps) {
  const { sourcePaths, options } = form.values;
  // The system and its data are two volumes there, which look like one.
  const losesData =
    options.oneFileSystem &&
    source?.facts.platform === 'darwin' &&
    sourcePaths.includes('/') &&
    !sourcePaths.some((path) => path.startsWith('/System/Volumes/Data'));
  return (
    <fieldset className={classes.group}>
      <legend>What is left out</legend>
      <Groups form={form} />
      <Textarea
        label="Keep all the same"
        description="One pattern a line, as under “Leave out”. Copied although something there or above would leave it out, unless a whole folder around it is."
        autosize
        minRows={2}
        maxRows={10}
        spellCheck={false}
        classNames={{ input: classes.path ?? '' }}
        {...form.getInputProps('options.includes')}
      />
      <Checkbox
        label="Stay on the volumes of the folders"
        description="Disks and network shares that are mounted below them are not copied."
        {...form.getInputProps('options.oneFileSystem', { type: 'checkbox' })}
      />
      {losesData && (
        <Notice tone="warn">
          A Mac keeps its data on a volume of its own: name <code>/System/Volumes/Data</code> among the
          folders too, or all below <code>/Users</code> is left out.
        </Notice>
      )}
    </fieldset>
  );
}
