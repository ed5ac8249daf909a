import type { RunProgressView, RunView } from '@fleetclone/contracts';
import type { ReactNode } from 'react';
import { formatBytes, formatCount, formatPercent, formatRate } from '../format/quantities';
import { formatEstimate } from '../format/times';
import { Meter } from '../parts/meter';
import { Section } from '../parts/page';
import { Elapsed } from '../parts/time';
import classes from './run-progress.module.css';
import { runShare } from './run-words';

const phaseWords: Record<RunProgressView['phase'], (run: RunView) => string> = {
  connecting: (run) => `Connecting to ${run.remote.name}`,
  scanning: () => 'Looking at what changed',
  transferring: (run) => `Copying to ${run.remote.name}`,
  finishing: () => 'Finishing',
};

const unknown = '–';

function Figure({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={classes.figure}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Figures({ run, progress }: { readonly run: RunView; readonly progress: RunProgressView }) {
  const { bytesDone, bytesTotal, filesDone, filesTotal, bytesPerSecond, etaSeconds } = progress;
  return (
    <dl className={classes.figures}>
      <Figure label="Data">
        {formatBytes(bytesDone)}
        {bytesTotal !== null && <span className={classes.of}> of {formatBytes(bytesTotal)}</span>}
      </Figure>
      <Figure label="Files">
        {formatCount(filesDone)}
        {filesTotal !== null && <span className={classes.of}> of {formatCount(filesTotal)}</span>}
      </Figure>
      <Figure label="Rate">{bytesPerSecond > 0 ? formatRate(bytesPerSecond) : unknown}</Figure>
      <Figure label="Time left">
        {etaSeconds === null ? unknown : `about ${formatEstimate(etaSeconds)}`}
      </Figure>
      <Figure label="Elapsed">
        {run.startedAt ? <Elapsed since={run.startedAt} until={run.finishedAt} /> : unknown}
      </Figure>
    </dl>
  );
}

/** A transfer under way. */
export function RunProgressPanel({
  run,
  progress,
}: {
  readonly run: RunView;
  readonly progress: RunProgressView;
}) {
  const share = runShare(progress);
  return (
    <Section title={phaseWords[progress.phase](run)} aside="Counts what was copied or found unchanged">
      <div className={classes.bar}>
        <span className={classes.percent}>{share === null ? unknown : formatPercent(share)}</span>
        <Meter
          share={share}
          label={`Progress of ${run.plan.name}`}
          size="thick"
          tone={run.isDisconnected ? 'warn' : 'busy'}
        />
      </div>
      <Figures run={run} progress={progress} />
      <p className={classes.file} title={progress.currentFile ?? ''}>
        {progress.currentFile === null ? (
          <span className={classes.of}>No file at the moment</span>
        ) : (
          <bdi>{progress.currentFile}</bdi>
        )}
      </p>
    </Section>
  );
}
