import { type BandwidthSchedule, capAt, nextChangeAfter } from './bandwidth-schedule';
import type { Relay } from './relay';

/** The time, and a call after some of it. */
export interface ScheduleClock {
  now(): Date;
  /** Gives what takes the call back. */
  after(delayMs: number, call: () => void): () => void;
}

export const SYSTEM_CLOCK: ScheduleClock = {
  now: () => new Date(),
  after: (delayMs, call) => {
    const timer = setTimeout(call, delayMs);
    return () => clearTimeout(timer);
  },
};

// A Mac that slept, or whose clock was set, must not go on for long with a cap of another time.
const LONGEST_WAIT_MS = 60_000;

/** Keeps a relay's cap at what the schedule says, from now on until the returned function is called. */
export function followSchedule(
  relay: Pick<Relay, 'setCap'>,
  schedule: BandwidthSchedule,
  clock: ScheduleClock = SYSTEM_CLOCK,
): () => void {
  let applied: number | null | undefined;
  let takeBack: () => void = () => undefined;
  const apply = (): void => {
    const now = clock.now();
    const cap = capAt(schedule, now);
    if (cap !== applied) relay.setCap(cap);
    applied = cap;
    const next = nextChangeAfter(schedule, now);
    if (next === null) return;
    takeBack = clock.after(Math.min(LONGEST_WAIT_MS, next.getTime() - now.getTime()), apply);
  };
  apply();
  return () => takeBack();
}
