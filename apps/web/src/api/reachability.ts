import { createStore } from './store';

/** Whether the last request reached the controller, and when it was last heard of. */
export const reachability = createStore<{ isReachable: boolean; lastHeardAt: number | null }>({
  isReachable: true,
  lastHeardAt: null,
});

/** Note that the controller answered, whatever it said. */
export function noteHeard(nowMs: number): void {
  const { isReachable, lastHeardAt } = reachability.get();
  // Not every reply is worth a render of whoever looks at this.
  if (isReachable && lastHeardAt !== null && nowMs - lastHeardAt < 1000) return;
  reachability.set({ isReachable: true, lastHeardAt: nowMs });
}

/** Note that a request found nobody. */
export function noteUnreachable(): void {
  const { isReachable, lastHeardAt } = reachability.get();
  if (isReachable) reachability.set({ isReachable: false, lastHeardAt });
}
