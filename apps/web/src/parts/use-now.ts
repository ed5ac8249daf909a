import { useSyncExternalStore } from 'react';
import { createStore } from '../api/store';

const clock = createStore(Date.now());
let isTicking = false;

function subscribe(listener: () => void): () => void {
  if (!isTicking) {
    isTicking = true;
    clock.set(Date.now());
    setInterval(() => clock.set(Date.now()), 1000);
  }
  return clock.subscribe(listener);
}

/** The time in ms, at steps of `stepMs`: one clock for the whole page, and a render only when a step is done. */
export function useNow(stepMs = 1000): number {
  return useSyncExternalStore(subscribe, () => Math.floor(clock.get() / stepMs) * stepMs);
}
