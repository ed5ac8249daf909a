import { isFinalRunState, type RunView } from '@fleetclone/contracts';
import { IconCheck, IconMinus, IconX } from '@tabler/icons-react';
import { runSteps, runStepOf } from './run-words';
import classes from './run-steps.module.css';

type StepStanding = 'done' | 'now' | 'stopped' | 'ahead';

interface RunStepsProps {
  readonly run: RunView;
  /** How far the run came, from its history; matters when it ended early. */
  readonly furthest: number;
}

function standingOf(index: number, run: RunView, furthest: number): StepStanding {
  if (run.state === 'succeeded' || run.state === 'partial') return 'done';
  if (isFinalRunState(run.state)) {
    if (index < furthest) return 'done';
    return index === furthest ? 'stopped' : 'ahead';
  }
  const current = runStepOf(run.state);
  if (index < current) return 'done';
  return index === current ? 'now' : 'ahead';
}

const spoken: Record<StepStanding, string> = {
  done: 'done',
  now: 'now',
  stopped: 'stopped here',
  ahead: 'not yet',
};

function StepIcon({
  standing,
  index,
  isFailure,
}: {
  standing: StepStanding;
  index: number;
  isFailure: boolean;
}) {
  if (standing === 'done') return <IconCheck size={12} stroke={3} aria-hidden />;
  if (standing === 'stopped' && isFailure) return <IconX size={12} stroke={3} aria-hidden />;
  if (standing === 'stopped') return <IconMinus size={12} stroke={3} aria-hidden />;
  return <span aria-hidden>{index + 1}</span>;
}

/** Where a run is on its way. */
export function RunSteps({ run, furthest }: RunStepsProps) {
  return (
    <ol className={classes.steps} aria-label="Steps">
      {runSteps.map(({ label }, index) => {
        const standing = standingOf(index, run, furthest);
        return (
          <li
            key={label}
            className={classes.step}
            data-standing={standing}
            data-failure={run.state === 'failed' || undefined}
            {...(standing === 'now' && { 'aria-current': 'step' as const })}
          >
            <span className={classes.dot}>
              <StepIcon standing={standing} index={index} isFailure={run.state === 'failed'} />
            </span>
            <span className={classes.label}>
              {label}
              <span className={classes.spoken}>, {spoken[standing]}</span>
            </span>
          </li>
        );
      })}
    </ol>
  );
}
