import {
  type BandwidthSchedule,
  BandwidthScheduleError,
  capAt,
  limitsEver,
  nextChangeAfter,
  parseBandwidthSchedule,
} from './bandwidth-schedule';
import { followSchedule } from './follow-schedule';

const OFFICE = '20MB/s; 2MB/s@Mon-Fri/8-18; unlimited@Sat,Sun/0-24';
const MB = 1_000_000;

const refusalOf = (text: string): unknown => {
  try {
    return parseBandwidthSchedule(text);
  } catch (error) {
    return error;
  }
};

describe('a bandwidth schedule', () => {
  const berlin = parseBandwidthSchedule(OFFICE, 'Europe/Berlin');

  it.each([
    ['Wednesday at 7:59', '2026-01-14T06:59:59.999Z', 20 * MB],
    ['Wednesday at 8', '2026-01-14T07:00:00Z', 2 * MB],
    ['Wednesday just before 18', '2026-01-14T16:59:59.999Z', 2 * MB],
    ['Wednesday at 18', '2026-01-14T17:00:00Z', 20 * MB],
    ['Saturday at 0', '2026-01-16T23:00:00Z', null],
    ['Sunday just before 24', '2026-01-18T22:59:59Z', null],
    ['Monday at 0', '2026-01-18T23:00:00Z', 20 * MB],
    ['a Wednesday in summer at 8', '2026-07-15T06:00:00Z', 2 * MB],
  ])('holds in local time: %s', (_when, at, cap) => {
    expect(capAt(berlin, new Date(at))).toBe(cap);
  });

  it('lets a later entry win over an earlier one', () => {
    const schedule = parseBandwidthSchedule('1MB/s; 2MB/s@Mon-Sun/0-24; 3.5MB/s@Sat-Mon/12-13', 'UTC');

    expect(capAt(schedule, new Date('2026-01-18T12:30:00Z'))).toBe(3.5 * MB);
    expect(capAt(schedule, new Date('2026-01-19T12:30:00Z'))).toBe(3.5 * MB);
    expect(capAt(schedule, new Date('2026-01-20T12:30:00Z'))).toBe(2 * MB);
  });

  it('reads all units, and blanks around entries', () => {
    expect(parseBandwidthSchedule(' 500kB/s ;1GB/s@Tue/0-1 ')).toMatchObject({
      usual: 500_000,
      entries: [{ bytesPerSecond: 1_000_000_000, days: ['Tue'], fromHour: 0, toHour: 1 }],
    });
  });

  it.each([
    ['', '', 'must have a rate'],
    ['20', '20', 'must have a rate'],
    ['20MiB/s', '20MiB/s', 'must have a rate'],
    ['-1MB/s', '-1MB/s', 'must have a rate'],
    ['9kB/s', '9kB/s', 'at least 10kB/s'],
    ['0MB/s', '0MB/s', 'at least 10kB/s'],
    [`${'9'.repeat(400)}GB/s`, `${'9'.repeat(400)}GB/s`, 'must have a rate'],
    ['2MB/s@Mon/0-1', '2MB/s@Mon/0-1', 'must not name a time'],
    ['1MB/s; 2MB/s', '2MB/s', 'must name its days and hours'],
    ['1MB/s; 2MB/s@', '2MB/s@', 'must name its days and hours'],
    ['1MB/s; 2MB/s@Mon/1-2@Tue/1-2', '2MB/s@Mon/1-2@Tue/1-2', 'must name its days and hours'],
    ['1MB/s; 2MB/s@Mon', '2MB/s@Mon', 'must have hours'],
    ['1MB/s; 2MB/s@Mon/8-18/19', '2MB/s@Mon/8-18/19', 'must have hours'],
    ['1MB/s; 2MB/s@Mon/18-8', '2MB/s@Mon/18-8', 'two entries'],
    ['1MB/s; 2MB/s@Mon/8-25', '2MB/s@Mon/8-25', 'hours from 0 to 24'],
    ['1MB/s; 2MB/s@Monday/8-18', '2MB/s@Monday/8-18', 'must have days'],
    ['1MB/s; 2MB/s@Mon-Tue-Wed/8-18', '2MB/s@Mon-Tue-Wed/8-18', 'must have days'],
    ['1MB/s; 2MB/s@/8-18', '2MB/s@/8-18', 'must have days'],
    ['1MB/s;', '', 'must name its days and hours'],
  ])('refuses “%s” and names the entry', (text, entry, reason) => {
    const refusal = refusalOf(text);

    expect(refusal).toBeInstanceOf(BandwidthScheduleError);
    expect(refusal).toMatchObject({ entry, reason: expect.stringContaining(reason) });
  });

  it('refuses a time zone that there is not', () => {
    expect(() => parseBandwidthSchedule('1MB/s', 'Europe/Nowhere')).toThrow(BandwidthScheduleError);
  });

  it('knows whether it limits anything at all', () => {
    expect(limitsEver(parseBandwidthSchedule('unlimited'))).toBe(false);
    expect(limitsEver(parseBandwidthSchedule('unlimited; unlimited@Mon/0-24'))).toBe(false);
    expect(limitsEver(parseBandwidthSchedule('unlimited; 1MB/s@Mon/0-24'))).toBe(true);
    expect(limitsEver(parseBandwidthSchedule('1MB/s'))).toBe(true);
  });
});

describe('the next change of a bandwidth schedule', () => {
  const changes = (schedule: BandwidthSchedule, from: string, count: number): string[] => {
    const found: string[] = [];
    let at: Date | null = new Date(from);
    for (let i = 0; i < count && at !== null; i += 1) {
      at = nextChangeAfter(schedule, at);
      found.push(at?.toISOString() ?? 'never');
    }
    return found;
  };

  it('is the next local hour at which another cap holds', () => {
    expect(changes(parseBandwidthSchedule(OFFICE, 'Europe/Berlin'), '2026-01-16T16:59:59Z', 4)).toEqual([
      '2026-01-16T17:00:00.000Z', // Friday 18:00
      '2026-01-16T23:00:00.000Z', // Saturday 0:00
      '2026-01-18T23:00:00.000Z', // Monday 0:00
      '2026-01-19T07:00:00.000Z', // Monday 8:00
    ]);
  });

  it('never comes when all entries say the same', () => {
    expect(
      changes(parseBandwidthSchedule('1MB/s; 1MB/s@Mon/8-18', 'UTC'), '2026-01-16T00:00:00Z', 1),
    ).toEqual(['never']);
    expect(changes(parseBandwidthSchedule('1MB/s', 'UTC'), '2026-01-16T00:00:00Z', 1)).toEqual(['never']);
  });

  it('goes with the clocks when they are put forward and back', () => {
    const night = parseBandwidthSchedule('1MB/s; 2MB/s@Sun/1-4', 'Europe/Berlin');

    // 29 March: 2:00 is 3:00, so three hours last two. 25 October: 3:00 is 2:00, so they last four.
    expect(changes(night, '2026-03-28T12:00:00Z', 2)).toEqual([
      '2026-03-29T00:00:00.000Z',
      '2026-03-29T02:00:00.000Z',
    ]);
    expect(changes(night, '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-24T23:00:00.000Z',
      '2026-10-25T03:00:00.000Z',
    ]);
  });

  it('passes over an hour that the clocks leave out, and lasts for one that comes twice', () => {
    const hour = parseBandwidthSchedule('1MB/s; 2MB/s@Sun/2-3', 'Europe/Berlin');

    expect(changes(hour, '2026-03-22T12:00:00Z', 2)).toEqual([
      '2026-04-05T00:00:00.000Z',
      '2026-04-05T01:00:00.000Z',
    ]);
    expect(changes(hour, '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:00:00.000Z',
      '2026-10-25T02:00:00.000Z',
    ]);
  });

  it('is right where clocks stand at a quarter of an hour, or go forward by half of one', () => {
    const early = '1MB/s; 2MB/s@Wed/8-9';

    expect(changes(parseBandwidthSchedule(early, 'Asia/Kathmandu'), '2026-01-13T20:00:00Z', 1)).toEqual([
      '2026-01-14T02:15:00.000Z',
    ]);
    expect(changes(parseBandwidthSchedule(early, 'Australia/Lord_Howe'), '2026-01-13T20:00:00Z', 1)).toEqual([
      '2026-01-13T21:00:00.000Z',
    ]);
    expect(changes(parseBandwidthSchedule(early, 'Australia/Lord_Howe'), '2026-07-14T20:00:00Z', 1)).toEqual([
      '2026-07-14T21:30:00.000Z',
    ]);
  });
});

describe('following a bandwidth schedule', () => {
  /** A clock that is moved by hand; `sleepUntil` moves it without its timers running on the way. */
  function playClock(start: string) {
    let nowMs = Date.parse(start);
    let timer: { readonly dueMs: number; readonly call: () => void } | undefined;
    const fire = (): void => {
      const due = timer;
      timer = undefined;
      due?.call();
    };
    return {
      clock: {
        now: () => new Date(nowMs),
        after: (delayMs: number, call: () => void) => {
          timer = { dueMs: nowMs + delayMs, call };
          return () => {
            timer = undefined;
          };
        },
      },
      advanceTo: (to: string): void => {
        while (timer !== undefined && timer.dueMs <= Date.parse(to)) {
          nowMs = timer.dueMs;
          fire();
        }
        nowMs = Date.parse(to);
      },
      sleepUntil: (to: string): void => {
        nowMs = Date.parse(to);
        fire();
      },
      isWaiting: () => timer !== undefined,
    };
  }

  const schedule = parseBandwidthSchedule(OFFICE, 'Europe/Berlin');

  it('sets each cap once, at its hour, and stops when told', () => {
    const caps: (number | null)[] = [];
    const { clock, advanceTo, isWaiting } = playClock('2026-01-16T12:00:00Z');
    const stop = followSchedule({ setCap: (cap) => caps.push(cap) }, schedule, clock);

    expect(caps).toEqual([2 * MB]);
    advanceTo('2026-01-16T16:59:59.999Z');
    expect(caps).toEqual([2 * MB]);
    advanceTo('2026-01-16T17:00:00Z');
    expect(caps).toEqual([2 * MB, 20 * MB]);
    advanceTo('2026-01-17T12:00:00Z');
    expect(caps).toEqual([2 * MB, 20 * MB, null]);
    stop();
    expect(isWaiting()).toBe(false);
    advanceTo('2026-01-20T12:00:00Z');
    expect(caps).toHaveLength(3);
  });

  it('is right again at the first moment after a sleep', () => {
    const caps: (number | null)[] = [];
    const { clock, sleepUntil } = playClock('2026-01-16T12:00:00Z');
    followSchedule({ setCap: (cap) => caps.push(cap) }, schedule, clock);

    sleepUntil('2026-01-19T08:00:00Z');
    expect(caps).toEqual([2 * MB]);
    sleepUntil('2026-01-19T20:00:00Z');
    expect(caps).toEqual([2 * MB, 20 * MB]);
  });

  it('waits for nothing when the cap never changes', () => {
    const { clock, isWaiting } = playClock('2026-01-16T12:00:00Z');
    followSchedule({ setCap: () => undefined }, parseBandwidthSchedule('1MB/s'), clock);

    expect(isWaiting()).toBe(false);
  });
});
