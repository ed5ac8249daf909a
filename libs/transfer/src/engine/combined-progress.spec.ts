import type { TransferProgress } from '../rsync/progress-tracker';
import { CombinedProgress } from './combined-progress';

const part = (bytesTransferred: number, more: Partial<TransferProgress> = {}): TransferProgress => ({
  phase: 'transferring',
  bytesDone: bytesTransferred,
  bytesTotal: 500,
  filesDone: 1,
  filesTotal: 2,
  bytesTransferred,
  bytesPerSecond: 10,
  etaSeconds: 1,
  currentFile: `at ${bytesTransferred}`,
  ...more,
});
const WHOLE = { bytes: 1000, files: 5 };

describe('the progress of several passes', () => {
  let nowMs: number;
  let shown: TransferProgress[];
  let progress: CombinedProgress;
  /** Lets enough time pass for the next look to be shown. */
  const later = (): CombinedProgress => {
    nowMs += 1000;
    return progress;
  };

  beforeEach(() => {
    nowMs = 0;
    shown = [];
    progress = new CombinedProgress(
      () => nowMs,
      (one) => shown.push(one),
    );
  });

  it('is the sum of those that are under way', () => {
    progress.part(0, part(100), WHOLE);
    later().part(1, part(300), WHOLE);

    expect(shown).toEqual([
      part(100, { bytesTotal: 1000, filesTotal: 5, etaSeconds: 90 }),
      part(400, {
        bytesTotal: 1000,
        filesDone: 2,
        filesTotal: 5,
        bytesPerSecond: 20,
        etaSeconds: 30,
        currentFile: 'at 300',
      }),
    ]);
  });

  it('counts each pass by its latest look', () => {
    progress.part(0, part(100), WHOLE);
    later().part(0, part(150), WHOLE);

    expect(shown.map((one) => one.bytesTransferred)).toEqual([100, 150]);
  });

  it('keeps what earlier passes copied', () => {
    progress.part(0, part(100), WHOLE);
    progress.part(1, part(200), WHOLE);
    progress.settle();
    progress.settle();
    later().part(0, part(50), WHOLE);
    later().whole(part(70, { bytesDone: 900 }));

    expect(shown.map((one) => one.bytesTransferred)).toEqual([100, 350, 370]);
    expect(shown.at(-1)).toMatchObject({ bytesDone: 900, bytesTotal: 500 });
  });

  it('never exceeds the whole, and tells no time left without a rate', () => {
    progress.part(0, part(1200, { filesDone: 9, bytesPerSecond: 0 }), WHOLE);

    expect(shown).toMatchObject([
      { bytesDone: 1000, filesDone: 5, bytesTransferred: 1200, bytesPerSecond: 0, etaSeconds: null },
    ]);
  });

  it('is shown at most once a second, the scan included', () => {
    progress.scanning(10);
    progress.scanning(20);
    progress.part(0, part(1), WHOLE);
    nowMs = 999;
    progress.scanning(30);
    nowMs = 1000;
    progress.scanning(40);

    expect(shown.map(({ phase, filesTotal }) => [phase, filesTotal])).toEqual([
      ['scanning', 10],
      ['scanning', 40],
    ]);
  });
});
