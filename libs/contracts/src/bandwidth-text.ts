import { z } from 'zod';

const day = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const days = `${day}(?:-${day})?`;
const hour = String.raw`(?:[01]?\d|2[0-4])`;

const isRate = /^(\d{1,6}(?:\.\d{1,3})?)(kB|MB|GB)\/s$/;
const isDays = new RegExp(`^${days}(?:,${days})*$`);
const isHours = new RegExp(`^(${hour})-(${hour})$`);

const quote = (text: string): string => (text === '' ? 'nothing' : `“${text}”`);

const bytesOf: Readonly<Partial<Record<string, number>>> = { kB: 1e3, MB: 1e6, GB: 1e9 };
/** With less, ssh waits so long for an answer that it takes the line for dead. */
const leastBytesPerSecond = 10_000;

function rateProblem(text: string): string | null {
  if (text === 'unlimited') return null;
  const [, number, unit = ''] = isRate.exec(text) ?? [];
  if (number === undefined)
    return `must have rates such as 20MB/s (kB, MB or GB) or unlimited, not ${quote(text)}`;
  if (Number(number) * (bytesOf[unit] ?? 0) >= leastBytesPerSecond) return null;
  return `must have rates of at least 10kB/s, not ${quote(text)}`;
}

function timesProblem(text: string): string | null {
  const [chosenDays = '', chosenHours = '', ...rest] = text.split('/');
  if (!isDays.test(chosenDays))
    return `must have days such as Mon-Fri or Sat,Sun after the @, not ${quote(chosenDays)}`;
  const [, from, to] = isHours.exec(chosenHours) ?? [];
  if (from === undefined || to === undefined || rest.length > 0) {
    return `must have hours such as /8-18 after the days, not ${quote([chosenHours, ...rest].join('/'))}`;
  }
  if (Number(from) < Number(to)) return null;
  return `must have hours that end after they begin, not ${quote(chosenHours)}; a night is two entries, 22-24 and 0-6`;
}

function bandwidthProblem(text: string): string | null {
  const [first = '', ...others] = text.split(';').map((entry) => entry.trim());
  if (first.includes('@'))
    return 'must begin with the rate for all other times, as in unlimited; 2MB/s@Mon-Fri/8-18';
  const problems = others.map((entry) => {
    const [entryRate = '', ...times] = entry.split('@');
    if (times.length === 0)
      return `must name days and hours in all but the first entry, as in 2MB/s@Mon-Fri/8-18, not ${quote(entry)}`;
    return rateProblem(entryRate) ?? timesProblem(times.join('@'));
  });
  return [rateProblem(first), ...problems].find((problem) => problem !== null) ?? null;
}

/**
 * How much of the line a plan may take, and when: `20MB/s; 2MB/s@Mon-Fri/8-18; unlimited@Sat,Sun/0-24`. The first entry holds
 * at all times that no other names, of the others a later one before an earlier one. Decimal units per second; hours are whole
 * and in the Mac's own time, from the first to just before the second.
 */
export const BandwidthText = z
  .string()
  .trim()
  .max(500)
  .superRefine((text, context) => {
    const message = bandwidthProblem(text);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });
