import type { CatalogueHeader } from '../catalogue/catalogue-file';
import { expectedFolder, isCatalogue, reasonAgainstQuick } from './quick-conditions';
import type { Destination, TransferPlan } from './transfer-request';

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 10, 25, 12);

const header: CatalogueHeader = {
  formatVersion: 1,
  scope: 'scope',
  writtenBy: { runId: 'run', fence: 7 },
  folder: 'current',
  takenAtMs: NOW_MS - HOUR_MS,
  fullScanAtMs: NOW_MS - 5 * HOUR_MS,
  entries: 3,
  body: { file: 'body', sha256: '' },
};
const plan: Pick<TransferPlan, 'mode' | 'fullScanEveryMs'> = { mode: 'mirror', fullScanEveryMs: 6 * HOUR_MS };
const destination: Pick<Destination, 'previous' | 'latestSnapshot'> = {
  previous: { runId: 'run', fence: 7, outcome: 'succeeded' },
  latestSnapshot: null,
};

describe('the folder that a catalogue must speak of', () => {
  it('is the mirror, or the latest snapshot', () => {
    expect(expectedFolder({ mode: 'mirror' }, { latestSnapshot: 'a' })).toBe('current');
    expect(expectedFolder({ mode: 'snapshots' }, { latestSnapshot: 'a' })).toBe('snapshots/a');
    expect(expectedFolder({ mode: 'snapshots' }, { latestSnapshot: null })).toBeNull();
  });
});

describe('a quick update', () => {
  const reason = (
    changes: {
      readonly header?: Partial<CatalogueHeader>;
      readonly plan?: Partial<typeof plan>;
      readonly destination?: Partial<typeof destination>;
      readonly nowMs?: number;
    } = {},
  ): string | null =>
    reasonAgainstQuick(
      { ...header, ...changes.header },
      { ...plan, ...changes.plan },
      { ...destination, ...changes.destination },
      changes.nowMs ?? NOW_MS,
    );
  const previous = { runId: 'run', fence: 7, outcome: 'succeeded' };

  it('has nothing against it when the last attempt was ours and succeeded', () => {
    expect(reason()).toBeNull();
    expect(
      reason({
        header: { folder: 'snapshots/a' },
        plan: { mode: 'snapshots' },
        destination: { latestSnapshot: 'a' },
      }),
    ).toBeNull();
  });

  it.each<[string, Parameters<typeof reason>[0], string]>([
    ['nobody was there before', { destination: { previous: null } }, 'does not say'],
    [
      'another run was there',
      { destination: { previous: { ...previous, runId: 'other' } } },
      'another attempt',
    ],
    [
      'a later attempt was there',
      { destination: { previous: { ...previous, fence: 8 } } },
      'another attempt',
    ],
    [
      'the last one was partial',
      { destination: { previous: { ...previous, outcome: 'partial' } } },
      'not succeed',
    ],
    [
      'the last one is open',
      { destination: { previous: { ...previous, outcome: 'unknown' } } },
      'not succeed',
    ],
    ['the catalogue speaks of a snapshot', { header: { folder: 'snapshots/a' } }, 'another state'],
    ['there is no snapshot any more', { plan: { mode: 'snapshots' } }, 'another state'],
    ['the clock was set back', { nowMs: header.takenAtMs - 1 }, 'clock was set back'],
    [
      'it is time to compare everything',
      { plan: { fullScanEveryMs: 5 * HOUR_MS } },
      'compared on 2026-11-25',
    ],
    ['everything is always compared', { plan: { fullScanEveryMs: 0 } }, 'last compared'],
  ])('is out of the question when %s', (_why, changes, words) => {
    expect(reason(changes)).toContain(words);
  });

  it('may come at the very moment of the last run, and until the interval is over', () => {
    expect(reason({ nowMs: header.takenAtMs })).toBeNull();
    expect(reason({ nowMs: header.fullScanAtMs + plan.fullScanEveryMs - 1 })).toBeNull();
    expect(reason({ nowMs: header.fullScanAtMs + plan.fullScanEveryMs })).not.toBeNull();
  });
});

it('a missing catalogue is none', () => {
  expect(isCatalogue({ missing: 'no run has succeeded here yet' })).toBe(false);
});
