import { RunState, type RunProgress } from '@fleetclone/contracts';
import {
  describeWaiting,
  describeProgress,
  firstSentence,
  furthestStep,
  runShare,
  runSteps,
  runStepOf,
} from './run-words';

const progress = (overrides: Partial<RunProgress> = {}): RunProgress => ({
  phase: 'transferring',
  bytesDone: 61e9,
  bytesTotal: 212.6e9,
  filesDone: 10,
  filesTotal: 20,
  bytesPerSecond: 96e6,
  etaSeconds: 1500,
  currentFile: null,
  ...overrides,
});
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('describeProgress', () => {
  it('gives share, sizes, rate and time left', () => {
    expect(plain(describeProgress(progress()))).toBe('28 % · 61.0 GB of 213 GB · 96.0 MB/s · 25 min left');
  });

  it('leaves out the time left while there is no estimate', () => {
    expect(describeProgress(progress({ etaSeconds: null }))).not.toContain('left');
  });

  it('does not invent a share while the total is unknown', () => {
    const scanning = progress({ phase: 'scanning', bytesTotal: null, filesDone: 1 });
    expect(runShare(scanning)).toBeNull();
    expect(describeProgress(scanning)).toBe('Looking at what changed · 1 file so far');
  });
});

it.each([
  ['Full: 1.4 GB needed. Free some space.', 'Full: 1.4 GB needed.'],
  ['No full stop', 'No full stop'],
  ['', ''],
])('shortens %j to %j', (message, sentence) => {
  expect(firstSentence(message)).toBe(sentence);
});

it('says why a run waits as a sentence, and leaves names as they are', () => {
  const names = { mac: { id: 'm', name: 'studio-mac' }, remote: { id: 'r', name: 'backup-mac' } };
  const say = (waitingFor: string | null): string => describeWaiting({ ...names, waitingFor });
  expect(say('waiting for studio-mac, which is away')).toBe('Waiting for studio-mac, which is away.');
  expect(say('backup-mac refused the credential: no.')).toBe('backup-mac refused the credential: no.');
  expect(say(null)).toBe('');
});

it('puts every state on a step', () => {
  for (const state of RunState.options) {
    expect(runStepOf(state)).toBeGreaterThanOrEqual(0);
    expect(runStepOf(state)).toBeLessThanOrEqual(runSteps.length);
  }
});

it('finds where a run stopped', () => {
  expect(furthestStep(['queued', 'dispatched', 'accepted', 'preflight', 'failed'])).toBe(2);
  expect(furthestStep([])).toBe(0);
});
