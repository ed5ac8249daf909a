import { z } from 'zod';

const day = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const days = `${day}(?:-${day})?`;
const hour = String.raw`(?:\d|1\d|2[0-4])`;

const rate = String.raw`(?:unlimited|\d{1,6}(?:\.\d{1,3})?(?:kB|MB|GB)/s)`;
const isRate = new RegExp(`^${rate}$`);
const isZero = /^[0.]+[a-z]/i;
const isDays = new RegExp(`^${days}(?:,${days})*$`);
const isHours = new RegExp(`^(${hour})-(${hour})$`);

const quote = (text: string): string => (text === '' ? 'nothing' : `“${text}”`);

function rateProblem(text: string): string | null {
  if (!isRate.test(text))
    return `must have rates such as 20MB/s (kB, MB or GB) or unlimited, not ${quote(text)}`;
  return isZero.test(text) ? `must have rates above zero, not ${quote(text)}` : null;
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
