import { NumberInput } from '@mantine/core';
import type { NewPlanForm } from './new-plan-values';
import classes from './new-plan.module.css';

/** What keeps a copy right when something unusual happens at the source. */
export function SafetyFields({ form }: { readonly form: NewPlanForm }) {
  return (
    <fieldset className={classes.group}>
      <legend>Safety</legend>
      <NumberInput
        label="Days between full comparisons"
        description="Runs in between send what is known to have changed, without looking at the whole copy."
        min={1}
        max={90}
        allowDecimal={false}
        {...form.getInputProps('options.fullScanEveryDays')}
      />
      <NumberInput
        label="Most deletions in a run"
        description="A run with more of them copies what is new, deletes nothing and says so. Empty: no limit."
        placeholder="No limit"
        min={1}
        allowDecimal={false}
        thousandSeparator=","
        hideControls
        {...form.getInputProps('options.maxDeletes')}
      />
    </fieldset>
  );
}
