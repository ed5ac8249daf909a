import { Select, TagsInput, TextInput } from '@mantine/core';
import type { NewPlanForm } from './new-plan-values';
import classes from './new-plan.module.css';
import { optionChecks } from './option-values';
import { compressionWords, describeBandwidth } from './option-words';

const compressions = Object.entries(compressionWords).map(([value, label]) => ({ value, label }));
const streams = [
  { value: 'auto', label: 'Automatic' },
  ...Array.from({ length: 8 }, (_, index) => ({ value: String(index + 1), label: String(index + 1) })),
];

function Limit({ form }: { readonly form: NewPlanForm }) {
  const { bandwidth } = form.values.options;
  const isReadable = bandwidth.trim() !== '' && optionChecks.bandwidth(bandwidth) === null;
  return (
    <div>
      <TextInput
        label="Bandwidth limit"
        description="For example 20MB/s, or by hours of the Mac’s own time: 20MB/s; 2MB/s@Mon-Fri/8-18. Empty: none."
        placeholder="No limit"
        spellCheck={false}
        autoCapitalize="none"
        {...form.getInputProps('options.bandwidth')}
      />
      {isReadable && <p className={classes.hint}>That is: {describeBandwidth(bandwidth)}.</p>}
    </div>
  );
}

/** How a plan uses the line between the two Macs. */
export function LineFields({ form }: { readonly form: NewPlanForm }) {
  return (
    <fieldset className={classes.group}>
      <legend>The line</legend>
      <Limit form={form} />
      <Select
        label="Compression"
        description="On the way only; the copy is plain files."
        data={compressions}
        allowDeselect={false}
        {...form.getInputProps('options.compression')}
      />
      {form.values.options.compression !== 'none' && (
        <TagsInput
          label="Not compressed"
          description="Endings of files that are compressed already, such as jpg. Empty: those that rsync knows."
          splitChars={[',', ' ']}
          {...form.getInputProps('options.skipCompress')}
        />
      )}
      <Select
        label="Connections"
        description="How many carry large new files at the same time. More help only on far lines."
        data={streams}
        allowDeselect={false}
        {...form.getInputProps('options.streams')}
      />
    </fieldset>
  );
}
