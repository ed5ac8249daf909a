import type { PlannedTimes } from './planned-entry';
import type { Random } from './random';

const FIRST = Date.UTC(1999, 0, 1) / 1000;
const LAST = Date.UTC(2025, 10, 1) / 1000;

/** Some moment between 1999 and 2025. Node sets whole microseconds only; finer ones are the odd files' business. */
export function plannedTimes(random: Random): PlannedTimes {
  return { seconds: random.int(FIRST, LAST), nanoseconds: random.int(0, 999_999) * 1000 };
}
