import { Radio } from '@mantine/core';
import { Section } from '../parts/page';
import type { NewPlanForm } from './new-plan-values';
import classes from './new-plan.module.css';

/** Whether earlier states of the files are kept as an archive beside one copy, or each as a tree of its own. */
export function VersionsFields({ form }: { readonly form: NewPlanForm }) {
  return (
    <Section title="Earlier versions">
      <Radio.Group
        label="What becomes of files that are changed or deleted"
        {...form.getInputProps('options.mode')}
      >
        <div className={classes.radios}>
          <Radio
            value="mirror"
            label="One copy and an archive"
            description="The copy equals the Mac. What a run replaces or removes moves to an archive beside it."
          />
          <Radio
            value="snapshots"
            label="Snapshots"
            description="Each run leaves all files as they were then, in a folder of its own. Unchanged files take room only once; that needs hard links, so no exFAT."
          />
        </div>
      </Radio.Group>
    </Section>
  );
}
