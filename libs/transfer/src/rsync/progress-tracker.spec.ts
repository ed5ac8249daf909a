import type { RsyncEvent } from './output-lines';
import { createProgressTracker, type TransferProgress } from './progress-tracker';
import { decodeRsyncName } from './rsync-name';

const scan = (filesFound: number): RsyncEvent => ({ type: 'scan', filesFound });
const item = (name: string, length: number): RsyncEvent => ({
  type: 'item',
  change: '<',
  kind: 'file',
  attributes: '+++++++++',
  length,
  path: decodeRsyncName(name),
});
const inFile = (bytesDone: number, total: number): RsyncEvent => ({
  type: 'progress',
  bytesDone,
  percent: Math.floor((100 * bytesDone) / total),
  bytesPerSecond: 0,
  files: null,
});
const fileDone = (bytesDone: number, total: number, checked: number, totalFiles: number): RsyncEvent => ({
  ...(inFile(bytesDone, total) as RsyncEvent & { type: 'progress' }),
  files: { transferred: checked, checked, total: totalFiles },
});

/** Plays events at their times (ms) and collects what would be shown. */
function play(timed: readonly (readonly [number, RsyncEvent])[]): { at: number; look: TransferProgress }[] {
  let nowMs = 0;
  const tracker = createProgressTracker({ nowMs: () => nowMs });
  return timed.flatMap(([at, event]) => {
    nowMs = at;
    const look = tracker.onEvent(event);
    return look === null ? [] : [{ at, look }];
  });
}

/** A first run of equal files at an even pace, progress lines every 250 ms. */
function firstRun(files: number, bytesEach: number, msEach: number): (readonly [number, RsyncEvent])[] {
  const total = files * bytesEach;
  return Array.from({ length: files }, (_, index) => index).flatMap((index) => {
    const begin = index * msEach;
    const steps = Math.max(1, Math.floor(msEach / 250));
    const within = Array.from({ length: steps }, (_step, step) => step + 1).map(
      (step): readonly [number, RsyncEvent] => [
        begin + (step * msEach) / (steps + 1),
        inFile(index * bytesEach + (step * bytesEach) / (steps + 1), total),
      ],
    );
    const done: readonly [number, RsyncEvent] = [
      begin + msEach,
      fileDone((index + 1) * bytesEach, total, index + 1, files),
    ];
    return [[begin, item(`file ${index}`, bytesEach)] as const, ...within, done];
  });
}

describe('the progress of a transfer', () => {
  it('is shown at most once a second, and at once when it begins', () => {
    const looks = play(firstRun(40, 1_000_000, 100));

    expect(looks[0]?.at).toBe(0);
    for (const [index, { at }] of looks.entries())
      expect(at - (looks[index - 1]?.at ?? -1000)).toBeGreaterThanOrEqual(1000);
  });

  it('goes from scanning over transferring to finishing, and never back', () => {
    const looks = play([
      [0, scan(100)],
      [1000, scan(4200)],
      [2000, item('a', 10)],
      [3000, fileDone(10, 100, 3, 5)],
      [4000, fileDone(100, 100, 5, 5)],
      [5000, { type: 'deleted', path: decodeRsyncName('gone') }],
      [6000, inFile(100, 100)],
    ]).map(({ look }) => look);

    expect(looks.map(({ phase }) => phase)).toEqual([
      'scanning',
      'scanning',
      'transferring',
      'transferring',
      'finishing',
      'finishing',
      'finishing',
    ]);
    expect(looks[1]).toMatchObject({ filesDone: 0, filesTotal: 4200 });
    expect(looks[2]).toMatchObject({ currentFile: 'a' });
  });

  it('is exact on a first run', () => {
    const looks = play(firstRun(200, 50_000_000, 500));
    const late = looks.filter(({ at }) => at > 20_000);

    for (const { look } of late) {
      expect(look.bytesTotal).toBeGreaterThan(10_000_000_000 * 0.97);
      expect(look.bytesTotal).toBeLessThan(10_000_000_000 * 1.03);
      expect(Math.abs(look.bytesDone - look.bytesTransferred)).toBeLessThan(200_000_000);
      expect(look.bytesPerSecond).toBeGreaterThan(90_000_000);
      expect(look.bytesPerSecond).toBeLessThan(110_000_000);
    }
  });

  it('estimates the remaining time within a fifth at an even pace', () => {
    const looks = play(firstRun(200, 50_000_000, 500));
    const judged = looks.filter(({ at, look }) => at > 20_000 && look.phase === 'transferring');

    for (const { at, look } of judged) {
      expect(Math.abs((look.etaSeconds ?? 0) - (100_000 - at) / 1000)).toBeLessThan(
        Math.max(4, (0.2 * (100_000 - at)) / 1000),
      );
    }
    expect(judged.length).toBeGreaterThan(50);
  });

  it('does not let the remaining time jump when the line stalls for a moment', () => {
    const even = firstRun(200, 50_000_000, 500);
    const stalled = even.map(([at, event]) => [at > 40_000 ? at + 5_000 : at, event] as const);
    const etas = play(stalled).flatMap(({ at, look }) =>
      at > 20_000 && look.etaSeconds !== null ? [look.etaSeconds] : [],
    );

    for (const [index, eta] of etas.entries()) {
      expect(Math.abs(eta - (etas[index - 1] ?? eta))).toBeLessThan(0.25 * Math.max(eta, 20));
    }
  });

  it('counts unchanged files as done on a second run, and what was copied apart', () => {
    const total = 1_000_000_000;
    const looks = play([
      [0, item('changed early', 20_000_000)],
      ...Array.from({ length: 20 }, (_, index): readonly [number, RsyncEvent] => [
        1000 + index * 50,
        inFile((index + 1) * 1_000_000, total),
      ]),
      [3000, fileDone(20_000_000, total, 5_000, 10_000)],
      [4000, item('changed late', 20_000_000)],
      ...Array.from({ length: 20 }, (_, index): readonly [number, RsyncEvent] => [
        5000 + index * 50,
        inFile(20_000_000 + (index + 1) * 1_000_000, total),
      ]),
      [8000, fileDone(40_000_000, total, 10_000, 10_000)],
    ]).map(({ look }) => look);

    const half = looks.find(({ filesDone }) => filesDone === 5_000);
    expect(half?.bytesTransferred).toBe(20_000_000);
    const end = looks.at(-1);
    expect(end).toMatchObject({ filesDone: 10_000, filesTotal: 10_000, bytesTransferred: 40_000_000 });
    expect((end?.bytesDone ?? 0) / (end?.bytesTotal ?? 1)).toBeCloseTo(1, 2);
  });

  it('does not call a run nearly done while one last huge file is on its way', () => {
    const total = 100_000_000_000;
    const looks = play([
      [0, item('small', 2_000_000_000)],
      ...Array.from({ length: 200 }, (_, index): readonly [number, RsyncEvent] => [
        1 + index,
        inFile((index + 1) * 10_000_000, total),
      ]),
      [1000, fileDone(2_000_000_000, total, 9_999, 10_000)],
      [2000, item('huge', 90_000_000_000)],
      [3000, inFile(3_000_000_000, total)],
    ]).map(({ look }) => look);
    const last = looks.at(-1);

    expect(last?.bytesTotal).not.toBeNull();
    expect((last?.bytesDone ?? 0) / (last?.bytesTotal ?? 1)).toBeLessThan(0.15);
  });

  it('claims no total that it cannot know', () => {
    const looks = play([
      [0, item('one', 1000)],
      [1000, inFile(500, 1_000_000_000)],
    ]).map(({ look }) => look);

    expect(looks.at(-1)).toMatchObject({ bytesTotal: null, bytesDone: 500, etaSeconds: null });
  });
});
