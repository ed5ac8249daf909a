import type { MacView } from '@fleetclone/contracts';
import { Button } from '@mantine/core';
import { useId, useState } from 'react';
import { Section } from '../parts/page';
import { ExclusionFields } from './exclusion-fields';
import { LineFields } from './line-fields';
import type { NewPlanForm } from './new-plan-values';
import classes from './new-plan.module.css';
import { readOptions } from './option-values';
import { describeOptions, inOneLine } from './option-words';
import { SafetyFields } from './safety-fields';

interface TransferOptionFieldsProps {
  readonly form: NewPlanForm;
  readonly source: MacView | undefined;
}

function Summary({ form }: { readonly form: NewPlanForm }) {
  const options = readOptions(form.values.options);
  const differences = options ? describeOptions(options) : [];
  if (differences.length > 0) return <p className={classes.summary}>{inOneLine(differences)}</p>;
  return (
    <p className={classes.summary}>
      As usual: as fast as the line allows, compressed where that helps, without caches, trash and the like.
    </p>
  );
}

/** All that most plans need not say: a line with what differs from the usual, and the fields on demand. */
export function TransferOptionFields({ form, source }: TransferOptionFieldsProps) {
  const [isOpen, setIsOpen] = useState(false);
  const id = useId();
  // A field that stops the plan from being made must be seen, also while it is being put right.
  const hasError = Object.keys(form.errors).some((field) => field.startsWith('options.'));
  if (hasError && !isOpen) setIsOpen(true);
  return (
    <Section
      title="Transfer options"
      aside={
        !hasError && (
          <Button
            variant="subtle"
            size="compact-xs"
            aria-label={isOpen ? 'Close the transfer options' : 'Change the transfer options'}
            aria-expanded={isOpen}
            aria-controls={id}
            onClick={() => setIsOpen(!isOpen)}
          >
            {isOpen ? 'Close' : 'Change'}
          </Button>
        )
      }
    >
      <div id={id}>
        {isOpen ? (
          <div className={classes.groups}>
            <LineFields form={form} />
            <ExclusionFields form={form} source={source} />
            <SafetyFields form={form} />
          </div>
        ) : (
          <Summary form={form} />
        )}
      </div>
    </Section>
  );
}
