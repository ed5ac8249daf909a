import { setTimeout as pause } from 'node:timers/promises';

const SLICE_MS = 20;

/** Hands out bytes at a steady rate, never in advance; without a rate it hands out all that is asked for. */
export class TokenBucket {
  /** All bytes handed out since the start. */
  taken = 0;
  private bytesPerSecond: number | undefined;
  private available = 0;
  private filledAt = 0;

  setRate(bytesPerSecond: number | undefined): void {
    this.bytesPerSecond = bytesPerSecond;
    this.available = 0;
    this.filledAt = performance.now();
  }

  /** Waits for some bytes and gives at most `wanted`; 0 when the receiver is gone before. */
  async take(wanted: number, isGone: () => boolean): Promise<number> {
    while (!isGone()) {
      const granted = Math.min(wanted, this.fill());
      // Handing out each byte as it is earned would keep a processor busy.
      if (granted >= Math.min(wanted, this.sliceBytes())) {
        this.available -= granted;
        this.taken += granted;
        return granted;
      }
      await pause(SLICE_MS);
    }
    return 0;
  }

  private sliceBytes(): number {
    return Math.max(1, Math.floor(((this.bytesPerSecond ?? 0) * SLICE_MS) / 1000));
  }

  private fill(): number {
    const rate = this.bytesPerSecond;
    if (rate === undefined) {
      this.available = Number.POSITIVE_INFINITY;
      return this.available;
    }
    const now = performance.now();
    const earned = (rate * (now - this.filledAt)) / 1000;
    // Not more than a tenth of a second's worth is saved up, so a pause is not made good by a burst.
    this.available = Math.min(this.available + earned, Math.max(1, rate / 10));
    this.filledAt = now;
    return Math.floor(this.available);
  }
}
