/** How much of the line a plan may take, and when; made by `parseBandwidthSchedule`. In bytes per second; null is no limit. */
export interface BandwidthSchedule {
  /** Holds at all times that no entry names. */
  readonly usual: number | null;
  /** Of those that name a time, the last one holds. */
  readonly entries: readonly BandwidthEntry[];
  /** An IANA name; undefined is the Mac's own. */
  readonly timeZone: string | undefined;
}

export interface BandwidthEntry {
  readonly bytesPerSecond: number | null;
  /** As in `Mon`. */
  readonly days: readonly string[];
  /** Local hours 0 to 24: from the first to just before the second. */
  readonly fromHour: number;
  readonly toHour: number;
}

/** A text that is no schedule: `entry` is the part at fault. */
export class BandwidthScheduleError extends Error {
  override readonly name = 'BandwidthScheduleError';
  readonly code = 'TRANSFER.BANDWIDTH_INVALID';

  constructor(
    readonly entry: string,
    readonly reason: string,
  ) {
    super(`“${entry}” in a bandwidth schedule ${reason}`);
  }
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const UNITS: Readonly<Partial<Record<string, number>>> = { kB: 1e3, MB: 1e6, GB: 1e9 };
// ssh confirms what arrived every 96 kB and gives a line up after 45 s without a word: less would end connections.
const LEAST_BYTES_PER_SECOND = 10_000;

/**
 * Reads a text such as `20MB/s; 2MB/s@Mon-Fri/8-18; unlimited@Sat,Sun/0-24`. The first entry is the usual rate; of the
 * others a later one wins. Units are decimal. Hours are whole, and local to the IANA zone or else to this Mac.
 */
export function parseBandwidthSchedule(text: string, timeZone?: string): BandwidthSchedule {
  const [usual = '', ...others] = text.split(';').map((entry) => entry.trim());
  refuseIf(usual.includes('@'), usual, 'must not name a time: the first entry is the rate for all others');
  checkTimeZone(timeZone);
  return { usual: parseRate(usual, usual), entries: others.map(parseEntry), timeZone };
}

/** Whether it ever limits anything: if not, nothing needs to go through a relay. */
export function limitsEver({ usual, entries }: BandwidthSchedule): boolean {
  return [usual, ...entries.map(({ bytesPerSecond }) => bytesPerSecond)].some((rate) => rate !== null);
}

/** The cap at a moment, in bytes per second; null for none. */
export function capAt(schedule: BandwidthSchedule, at: Date): number | null {
  return capReader(schedule)(at.getTime());
}

// All clocks of the world stand at quarters of an hour to each other, and are put forward and back at such moments.
const QUARTER_MS = 15 * 60_000;
// A weekly hour that is left out when clocks go forward comes after two weeks only.
const LONGEST_SEARCH_MS = 15 * 24 * 3_600_000;

/** The next moment at which the cap is another one; null when it stays as it is. */
export function nextChangeAfter(schedule: BandwidthSchedule, after: Date): Date | null {
  const capOf = capReader(schedule);
  const startMs = after.getTime();
  const now = capOf(startMs);
  const endMs = startMs + LONGEST_SEARCH_MS;
  for (let at = Math.floor(startMs / QUARTER_MS + 1) * QUARTER_MS; at <= endMs; at += QUARTER_MS) {
    if (capOf(at) !== now) return new Date(at);
  }
  return null;
}

/** One formatter for many moments: to make one costs a thousand times as much as to use it. */
function capReader({ usual, entries, timeZone }: BandwidthSchedule): (atMs: number) => number | null {
  if (entries.length === 0) return () => usual;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    hourCycle: 'h23',
  });
  return (atMs) => {
    const parts = format.formatToParts(atMs);
    const day = parts.find(({ type }) => type === 'weekday')?.value ?? '';
    const hour = Number(parts.find(({ type }) => type === 'hour')?.value);
    const named = entries.findLast(
      ({ days, fromHour, toHour }) => days.includes(day) && hour >= fromHour && hour < toHour,
    );
    return named === undefined ? usual : named.bytesPerSecond;
  };
}

function parseEntry(entry: string): BandwidthEntry {
  const [rate = '', times = '', ...more] = entry.split('@');
  refuseIf(times === '' || more.length > 0, entry, 'must name its days and hours, as in 2MB/s@Mon-Fri/8-18');
  const [days = '', hours = '', ...rest] = times.split('/');
  const [, from, to] = /^(\d{1,2})-(\d{1,2})$/.exec(hours) ?? [];
  refuseIf(from === undefined || rest.length > 0, entry, 'must have hours such as /8-18 after its days');
  const [fromHour, toHour] = [Number(from), Number(to)];
  refuseIf(
    fromHour >= toHour || toHour > 24,
    entry,
    'must have hours from 0 to 24 that end after they begin; a night is two entries, 22-24 and 0-6',
  );
  return {
    bytesPerSecond: parseRate(rate.trim(), entry),
    days: days.split(',').flatMap((part) => parseDays(part.trim(), entry)),
    fromHour,
    toHour,
  };
}

/** `Mon`, or `Mon-Fri`, which may go over the end of the week. */
function parseDays(part: string, entry: string): string[] {
  const [from = '', to = from, ...more] = part.split('-');
  const [first, last] = [DAYS.indexOf(from), DAYS.indexOf(to)];
  refuseIf(
    first === -1 || last === -1 || more.length > 0,
    entry,
    'must have days such as Mon-Fri or Sat,Sun after the @',
  );
  const week = [...DAYS, ...DAYS].slice(first);
  return week.slice(0, ((last - first + 7) % 7) + 1);
}

function parseRate(rate: string, entry: string): number | null {
  if (rate === 'unlimited') return null;
  const [, number, unit = ''] = /^(\d{1,6}(?:\.\d{1,3})?)(kB|MB|GB)\/s$/.exec(rate) ?? [];
  refuseIf(number === undefined, entry, 'must have a rate such as 20MB/s (kB, MB or GB), or unlimited');
  const bytesPerSecond = Number(number) * (UNITS[unit] ?? Number.NaN);
  refuseIf(
    bytesPerSecond < LEAST_BYTES_PER_SECOND,
    entry,
    'must have a rate of at least 10kB/s, or ssh would take the line for dead',
  );
  return bytesPerSecond;
}

function checkTimeZone(timeZone: string | undefined): void {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new BandwidthScheduleError(timeZone ?? '', 'is not a time zone, such as Europe/Berlin');
  }
}

function refuseIf(condition: boolean, entry: string, reason: string): void {
  if (condition) throw new BandwidthScheduleError(entry, reason);
}
