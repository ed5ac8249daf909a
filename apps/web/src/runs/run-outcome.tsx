import type { FileError, RunOutcome, RunView } from '@fleetclone/contracts';
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { formatCount, formatPlural } from '../format/quantities';
import { CopyIcon } from '../parts/copy';
import { Facts, Section } from '../parts/page';
import type { Tone } from '../parts/tone';
import classes from './run-outcome.module.css';
import { describeSide, layerWords, runEndWords, runStateWords } from './run-words';

const icons: Record<Tone, typeof IconCircleX> = {
  ok: IconCircleCheck,
  warn: IconAlertTriangle,
  bad: IconCircleX,
  quiet: IconCircleX,
  busy: IconCircleCheck,
};

function causeRows(run: RunView, outcome: RunOutcome): (readonly [string, ReactNode])[] {
  const rows: (readonly [string, ReactNode])[] = [];
  if (outcome.side) {
    const layer = outcome.layer ? `: ${layerWords[outcome.layer]}` : '';
    rows.push(['Where', `${describeSide(outcome.side, run)}${layer}`]);
  } else if (outcome.layer) {
    rows.push(['Where', layerWords[outcome.layer]]);
  }
  if (run.state !== 'cancelled') {
    rows.push([
      'Retrying',
      outcome.retryable ? 'Running it again may well work.' : 'Something has to change first.',
    ]);
  }
  rows.push([
    'Code',
    <span key="code" className={classes.code}>
      <code>{outcome.code}</code>
      <CopyIcon text={outcome.code} label="Copy the code" />
    </span>,
  ]);
  return rows;
}

/** How a run ended, why, on which side, and what to do. */
export function RunOutcomePanel({ run, outcome }: { readonly run: RunView; readonly outcome: RunOutcome }) {
  const { label, tone } = runStateWords[run.state];
  const Icon = icons[tone];
  return (
    <section className={classes.outcome} data-tone={tone} aria-label="Outcome">
      <Icon size={22} className={classes.icon} aria-hidden />
      <div className={classes.words}>
        <h2>{label}</h2>
        <p>{outcome.message || runEndWords[run.state]}</p>
        {run.state !== 'succeeded' && (
          <div className={classes.cause}>
            <Facts rows={causeRows(run, outcome)} />
          </div>
        )}
      </div>
    </section>
  );
}

interface FileErrorsProps {
  readonly errors: readonly FileError[];
  readonly count: number;
}

/** The files that could not be copied, each with its reason. */
export function FileErrors({ errors, count }: FileErrorsProps) {
  if (count === 0) return null;
  const isCut = errors.length < count;
  return (
    <Section
      flush
      title={`${formatPlural(count, 'file')} not copied`}
      aside={isCut ? `The first ${formatCount(errors.length)} are listed` : undefined}
    >
      <ul className={classes.files}>
        {errors.map((error, index) => (
          <li key={`${index}:${error.path}`}>
            <code>{error.path}</code>
            <span>{error.message}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
