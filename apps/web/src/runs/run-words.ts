import {
  isFinalRunState,
  type RunOutcome,
  type RunProgress,
  type RunState,
  type RunView,
} from '@fleetclone/contracts';
import { formatBytes, formatPercent, formatPlural, formatRate, shareOf } from '../format/quantities';
import { formatEstimate } from '../format/times';
import type { Tone } from '../parts/tone';

/** A run's state in a word or two, and how that stands. */
export const runStateWords = {
  queued: { label: 'Waiting', tone: 'quiet' },
  dispatched: { label: 'Sent to the Mac', tone: 'busy' },
  accepted: { label: 'Accepted', tone: 'busy' },
  preflight: { label: 'Checking', tone: 'busy' },
  transferring: { label: 'Copying', tone: 'busy' },
  verifying: { label: 'Verifying', tone: 'busy' },
  publishing: { label: 'Publishing', tone: 'busy' },
  held: { label: 'Held for approval', tone: 'warn' },
  succeeded: { label: 'Succeeded', tone: 'ok' },
  partial: { label: 'Partial', tone: 'warn' },
  failed: { label: 'Failed', tone: 'bad' },
  cancelled: { label: 'Cancelled', tone: 'quiet' },
  'not-ready': { label: 'Not ready', tone: 'warn' },
  expired: { label: 'Expired', tone: 'warn' },
} as const satisfies Record<RunState, { label: string; tone: Tone }>;

/** What an end means, in one sentence; the outcome's own message says why. */
export const runEndWords: Partial<Record<RunState, string>> = {
  succeeded: 'Every selected file is at the destination.',
  partial: 'The copy is in place, but some files could not be copied.',
  failed: 'The run did not finish. The last good copy is as it was.',
  cancelled: 'The run was stopped. The last good copy is as it was.',
  'not-ready': 'The run did not begin, because something it needs was missing. That is not a failure.',
  expired: 'The run was not started in time, or its Mac was not heard of again.',
};

/** How far a run's transfer is, 0 to 1; null while that is not known. */
export function runShare(progress: RunProgress | null): number | null {
  if (!progress) return null;
  return shareOf(progress.bytesDone, progress.bytesTotal);
}

/** One line on a run under way: `43 % · 61.0 GB of 212 GB · 96.0 MB/s · 25 min left`. */
export function describeProgress(progress: RunProgress): string {
  const share = runShare(progress);
  if (progress.phase === 'connecting') return 'Connecting';
  if (share === null || progress.bytesTotal === null) {
    return `Looking at what changed · ${formatPlural(progress.filesDone, 'file')} so far`;
  }
  const parts = [
    formatPercent(share),
    `${formatBytes(progress.bytesDone)} of ${formatBytes(progress.bytesTotal)}`,
    formatRate(progress.bytesPerSecond),
  ];
  if (progress.etaSeconds !== null) parts.push(`${formatEstimate(progress.etaSeconds)} left`);
  return parts.join(' · ');
}

/** The first sentence of a message, for rows. */
export function firstSentence(message: string): string {
  return /^.*?[.!?](?=\s|$)/su.exec(message)?.[0] ?? message;
}

/** A phrase with a full stop. */
export function asSentence(phrase: string): string {
  const trimmed = phrase.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** Why a run waits, as a sentence: with a capital, unless it begins with the name of a Mac. Empty once it has begun. */
export function describeWaiting(run: Pick<RunView, 'waitingFor' | 'mac' | 'remote'>): string {
  if (run.waitingFor === null) return '';
  const sentence = asSentence(run.waitingFor);
  const startsWithName = [run.mac.name, run.remote.name].some((name) => sentence.startsWith(name));
  return startsWithName ? sentence : sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** Who or what is meant by the side that a cause is on. */
export function describeSide(side: NonNullable<RunOutcome['side']>, run: RunView): string {
  switch (side) {
    case 'source':
      return `On ${run.mac.name}, where the files are`;
    case 'remote':
      return `On ${run.remote.name}, where the copy goes`;
    case 'path':
      return `Between ${run.mac.name} and ${run.remote.name}`;
    case 'controller':
      return 'In the controller';
  }
}

/** The part of the way that a cause lies in. */
export const layerWords: Record<NonNullable<RunOutcome['layer']>, string> = {
  controller: 'the controller itself',
  agent: 'the agent',
  name: 'finding the address of a name',
  network: 'the network',
  ssh: 'the ssh connection',
  gate: 'the gate that lets copies in',
  volume: 'the volume',
  tool: 'rsync',
  privacy: 'macOS privacy settings',
  source: 'the files themselves',
};

/** The steps that people see; several states may be one step. */
export const runSteps = [
  { label: 'Waiting', states: ['queued'] },
  { label: 'Handing over', states: ['dispatched', 'accepted'] },
  { label: 'Checking', states: ['preflight'] },
  { label: 'Copying', states: ['transferring', 'held'] },
  { label: 'Finishing', states: ['verifying', 'publishing'] },
] as const satisfies readonly { label: string; states: readonly RunState[] }[];

/** The index of the step that a state belongs to; the number of steps when the run has ended. */
export function runStepOf(state: RunState): number {
  if (isFinalRunState(state)) return runSteps.length;
  return runSteps.findIndex(({ states }) => (states as readonly RunState[]).includes(state));
}

/** The furthest step that a run came to, from the states in its history: where it stopped when it did not succeed. */
export function furthestStep(states: readonly RunState[]): number {
  return Math.max(0, ...states.filter((state) => !isFinalRunState(state)).map(runStepOf));
}
