import fc from 'fast-check';
import { ByteBucket } from './byte-bucket';

const WINDOW_MS = 60_000;

interface Passed {
  readonly atMs: number;
  readonly bytes: number;
}

/** Plays senders that want `wanted` bytes after a pause, one after the other, on a clock of the test's own. */
function play(
  capBytesPerSecond: number,
  demands: readonly { readonly pauseMs: number; readonly wanted: number; readonly lateMs: number }[],
): Passed[] {
  const bucket = new ByteBucket(capBytesPerSecond, 0);
  const passed: Passed[] = [];
  let nowMs = 0;
  for (const { pauseMs, wanted, lateMs } of demands) {
    nowMs += pauseMs;
    for (let left = wanted; left > 0;) {
      const bytes = Math.min(left, bucket.largestPiece());
      const waitMs = bucket.take(bytes, nowMs);
      if (waitMs > 0) nowMs += Math.ceil(waitMs) + lateMs;
      else {
        passed.push({ atMs: nowMs, bytes });
        left -= bytes;
      }
    }
  }
  return passed;
}

/** The most that passed within any window of a minute. */
function busiestWindow(passed: readonly Passed[]): number {
  let [sum, most, first] = [0, 0, 0];
  for (const { atMs, bytes } of passed) {
    sum += bytes;
    for (let old = passed[first]; old !== undefined && old.atMs <= atMs - WINDOW_MS; old = passed[first]) {
      sum -= old.bytes;
      first += 1;
    }
    most = Math.max(most, sum);
  }
  return most;
}

const demand = fc.record({
  pauseMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 90_000 })),
  wanted: fc.integer({ min: 1, max: 90_000_000 }),
  lateMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 120 })),
});

describe('a bucket of bytes', () => {
  it('never lets more than the cap pass in any minute, whatever is asked for and when', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10_000, max: 1_000_000_000 }),
        fc.array(demand, { minLength: 1, maxLength: 6 }),
        (cap, demands) => {
          // Scaled, so that a demand takes up to a minute and a half at any cap.
          const scaled = demands.map((one) => ({
            ...one,
            wanted: Math.ceil((one.wanted * cap) / 1_000_000),
          }));
          expect(busiestWindow(play(cap, scaled))).toBeLessThanOrEqual((cap * WINDOW_MS) / 1000);
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each([10_000, 4_000_000, 1_000_000_000])(
    'lets at least 95 %% of a cap of %d pass when there is enough to send, though timers are late',
    (cap) => {
      const passed = play(cap, [{ pauseMs: 0, wanted: cap * 61, lateMs: 40 }]);
      const minute = passed.filter(({ atMs }) => atMs <= WINDOW_MS);

      expect(minute.reduce((sum, { bytes }) => sum + bytes, 0)).toBeGreaterThan(cap * 60 * 0.95);
    },
  );

  it('lets everything pass at once without a cap', () => {
    const bucket = new ByteBucket(null, 0);

    expect(bucket.largestPiece()).toBe(Infinity);
    expect(bucket.take(1e12, 0)).toBe(0);
  });

  it('starts from nothing when a cap is set, and from no more than the new cap saves when it is lowered', () => {
    const bucket = new ByteBucket(null, 0);
    bucket.setCap(1_000_000, 5_000);
    expect(bucket.take(98_000, 5_000)).toBeCloseTo(100);

    bucket.setCap(10_000, 10_000);
    expect(bucket.take(1_470, 10_000)).toBe(0);
    expect(bucket.take(980, 10_000)).toBeCloseTo(100);
  });

  it('earns nothing when the clock is put back', () => {
    const bucket = new ByteBucket(1_000, 10_000);

    expect(bucket.take(49, 5_000)).toBeCloseTo(50);
    expect(bucket.take(49, 5_050)).toBe(0);
  });

  it.each([0, -1, Number.NaN])('refuses a cap of %d', (cap) => {
    expect(() => new ByteBucket(cap, 0)).toThrow(RangeError);
  });
});
