import type { MacView, RunProgressView, RunView } from '@fleetclone/contracts';
import { buildMac as buildAnyMac } from '../testkit/build-mac';
import { latestRun, macWithRun, newerRun } from './newer-run';

const macId = '11111111-1111-4111-8111-111111111111';

const progressAt = (at: string): RunProgressView => ({
  at,
  phase: 'transferring',
  bytesDone: 1,
  bytesTotal: 2,
  filesDone: 1,
  filesTotal: 2,
  bytesPerSecond: 1,
  etaSeconds: 1,
  currentFile: null,
});

const buildRun = (overrides: Partial<RunView> = {}): RunView => ({
  id: 'run-1',
  kind: 'backup',
  state: 'transferring',
  fence: 1,
  plan: { id: 'plan', name: 'Home' },
  mac: { id: macId, name: 'studio-mac' },
  remote: { id: 'remote', name: 'backup-mac' },
  submittedBy: 'Ann',
  submittedAt: '2025-11-23T10:00:00Z',
  startedAt: null,
  finishedAt: null,
  cancelRequestedAt: null,
  waitingFor: null,
  isDisconnected: false,
  progress: null,
  outcome: null,
  totals: null,
  ...overrides,
});

const buildMac = (overrides: Partial<MacView> = {}): MacView =>
  buildAnyMac({ id: macId, name: 'studio-mac', slug: 'studio-mac', ...overrides });

describe('newerRun', () => {
  it('never takes an end back', () => {
    const ended = buildRun({ state: 'succeeded' });
    expect(newerRun(ended, buildRun())).toBe(ended);
  });

  it('does not let progress jump back', () => {
    const known = buildRun({ progress: progressAt('2025-11-23T10:00:05Z') });
    const late = buildRun({ progress: progressAt('2025-11-23T10:00:04Z') });
    expect(newerRun(known, late)).toBe(known);
    expect(newerRun(late, known)).toBe(known);
  });

  it('takes a new attempt whatever its progress', () => {
    const known = buildRun({ progress: progressAt('2025-11-23T10:00:05Z') });
    const again = buildRun({ fence: 2, progress: progressAt('2025-11-23T10:00:01Z') });
    expect(newerRun(known, again)).toBe(again);
  });
});

it('does not let late news of an older run displace a newer run', () => {
  const newer = buildRun({ id: 'run-2', submittedAt: '2025-11-23T11:00:00Z' });
  expect(latestRun(newer, buildRun({ state: 'failed' }))).toBe(newer);
  expect(latestRun(null, newer)).toBe(newer);
});

describe('macWithRun', () => {
  it('shows a run under way, and no longer once it has ended', () => {
    const busy = macWithRun(buildMac(), buildRun());
    expect(busy.activeRun?.id).toBe('run-1');
    const idle = macWithRun(busy, buildRun({ state: 'failed' }));
    expect(idle.activeRun).toBeNull();
    expect(idle.lastRun?.state).toBe('failed');
  });

  it('leaves other Macs alone', () => {
    const other = buildMac({ id: '22222222-2222-4222-8222-222222222222' });
    expect(macWithRun(other, buildRun())).toBe(other);
  });
});
