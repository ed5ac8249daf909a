import {
  cappedLink,
  chooseCompression,
  type CompressionChoice,
  type CompressionWish,
} from './choose-compression';

const ALL = { compressions: ['zstd', 'lz4', 'zlib'] } as const;
const OLD = { compressions: ['zlib'] } as const;
const line = (megabytes: number, isAtLeast = false, isSameMachine = false) => ({
  roundTripMs: 0.5,
  bytesPerSecond: megabytes * 1e6,
  isAtLeast,
  isSameMachine,
});
const short = ({ method, level }: CompressionChoice): string =>
  level === null ? method : `${method} ${level}`;

describe('the compression that is chosen by the line', () => {
  it.each([
    [line(2.5), 'zstd 3'],
    [line(50), 'zstd 3'],
    [line(50.1), 'zstd 1'],
    [line(100), 'zstd 1'],
    [line(55, true), 'lz4'],
    [line(10, true), 'zstd 3'],
    [{ ...line(0), bytesPerSecond: null }, 'zstd 3'],
    [line(60, true, true), 'none'],
    [null, 'zstd 3'],
    // One connection over a far line carries no more than ssh has under way on it.
    [{ ...line(94, true), roundTripMs: 100 }, 'zstd 3'],
    [{ ...line(94, true), roundTripMs: 20 }, 'lz4'],
  ])('is for %j: %s', (link, chosen) => {
    expect(short(chooseCompression('auto', link, ALL))).toBe(chosen);
  });

  it.each([
    [line(5), 'zlib 6'],
    [line(24.9), 'zlib 6'],
    [line(25), 'none'],
    [line(5, true), 'none'],
    [null, 'none'],
  ])('is with zlib alone, for %j: %s', (link, chosen) => {
    expect(short(chooseCompression('auto', link, OLD))).toBe(chosen);
  });

  it('is the best of what both ends have', () => {
    expect(short(chooseCompression('auto', line(5), { compressions: ['lz4', 'zlib'] }))).toBe('lz4');
    expect(short(chooseCompression('auto', line(60, true), { compressions: ['zstd'] }))).toBe('zstd 1');
    expect(short(chooseCompression('auto', line(5), { compressions: [] }))).toBe('none');
  });

  it('spares the only processor on quicker lines', () => {
    expect(short(chooseCompression('auto', line(30), ALL, 1))).toBe('zstd 1');
    expect(short(chooseCompression('auto', line(20), ALL, 1))).toBe('zstd 3');
  });

  it('says why, with the numbers', () => {
    const reason = (link: Parameters<typeof chooseCompression>[1], means = ALL as typeof ALL | typeof OLD) =>
      chooseCompression('auto', link, means).reason;

    expect(reason(line(2.5))).toBe('zstd 3, because the line carries 2.5 MB/s');
    expect(reason(line(61, true))).toBe('lz4, which costs least, because the line carries 61 MB/s or more');
    expect(reason({ ...line(94, true), roundTripMs: 100 })).toBe('zstd 3, because the line carries 21 MB/s');
    expect(reason(null)).toBe('zstd 3, because the line carries an unknown rate');
    expect(reason(line(80), OLD)).toBe(
      'none, because zlib, the only method of both rsyncs, helps below 25 MB/s only, and the line carries 80 MB/s',
    );
  });
});

describe('the compression that a plan asks for', () => {
  it.each<[CompressionWish, string]>([
    ['none', 'none'],
    ['lz4', 'lz4'],
    ['zstd', 'zstd 3'],
    [{ method: 'zstd', level: 12 }, 'zstd 12'],
  ])('is taken when both ends can do it: %j', (wish, chosen) => {
    const choice = chooseCompression(wish, line(10), ALL);

    expect(short(choice)).toBe(chosen);
    expect(choice.reason).toMatch(/as the plan says$/);
  });

  it('becomes one that they can do otherwise, and that is said', () => {
    const choice = chooseCompression('zstd', line(10), OLD);

    expect(short(choice)).toBe('zlib 6');
    expect(choice.reason).toMatch(/the plan asks for zstd, which not both rsyncs can do$/);
  });

  it.each([0, 20, 1.5])('is refused at level %d', (level) => {
    expect(() => chooseCompression({ method: 'zstd', level }, null, ALL)).toThrow(RangeError);
  });
});

describe('a line under a bandwidth cap', () => {
  it('is as slow as the cap, when it could do more or nobody knows what it can', () => {
    expect(cappedLink(line(100), 2e6)).toEqual(line(2));
    expect(cappedLink(line(1, true), 2e6)).toEqual(line(2));
    expect(cappedLink({ ...line(0), bytesPerSecond: null }, 2e6)).toEqual(line(2));
  });

  it('stays as it is when it is slower, or without a cap', () => {
    expect(cappedLink(line(1), 2e6)).toEqual(line(1));
    expect(cappedLink(line(100, true), null)).toEqual(line(100, true));
  });
});
