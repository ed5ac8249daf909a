import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';

export interface WaitOptions {
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

/** The condition did not come true in time. The message names the condition and what was seen last. */
export class WaitTimeoutError extends Error {
  override readonly name = 'WaitTimeoutError';
}

/**
 * Polls until the predicate gives a truthy value, and returns that value. A predicate that throws counts as
 * "not yet"; after `timeoutMs` (default 10 s) a WaitTimeoutError tells its last value or error.
 */
export async function waitFor<T>(
  description: string,
  predicate: () => T | Promise<T>,
  { timeoutMs = 10_000, intervalMs = 20 }: WaitOptions = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const seen = await observe(predicate);
    if ('value' in seen && seen.value) return seen.value;
    if (performance.now() >= deadline) throw timedOut(description, timeoutMs, seen);
    await pause(intervalMs);
  }
}

type Observation<T> = { readonly value: T } | { readonly error: unknown };

async function observe<T>(predicate: () => T | Promise<T>): Promise<Observation<T>> {
  try {
    return { value: await predicate() };
  } catch (error) {
    return { error };
  }
}

function timedOut(description: string, timeoutMs: number, seen: Observation<unknown>): WaitTimeoutError {
  const waited = `waited ${timeoutMs} ms for ${description}`;
  if ('error' in seen) {
    return new WaitTimeoutError(`${waited}; the last attempt failed: ${String(seen.error)}`, {
      cause: seen.error,
    });
  }
  return new WaitTimeoutError(`${waited}; the last value was ${inspect(seen.value, { depth: 4 })}`);
}
