/**
 * Brings order tokens to this agent. Guarantees: an order is delivered at least once, in no certain order, several may be
 * delivered at once, and one whose handling throws is delivered again, except after `OrderRefusedError`, which drops it.
 */
export interface OrderSource {
  /** Begins to deliver; returns at once and goes on by itself through any loss of connection. */
  start(handle: (token: string) => Promise<void>): void;
  /** Delivers nothing more; resolves when orders being handled are done, or after a few seconds. */
  stop(): Promise<void>;
}
