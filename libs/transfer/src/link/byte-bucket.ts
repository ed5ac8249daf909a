// How much may be saved up while nothing is sent: enough to make good a late timer, too little to be seen in the mean.
const SAVED_SECONDS = 0.15;
// Within a minute, 2 % of the rate are more than the savings: so no minute ever sees more than the cap.
const SHARE = 0.98;

/**
 * Says when bytes may pass so that their mean stays a little below a cap; without a cap they may at once. Over any time
 * of `t` seconds at one cap, at most `0.98 × cap × t + 0.15 s × cap` pass. Knows no clock of its own.
 */
export class ByteBucket {
  private bytesPerSecond: number | null = null;
  private savedBytes = 0;

  constructor(
    capBytesPerSecond: number | null,
    private asOfMs: number,
  ) {
    this.setCap(capBytesPerSecond, asOfMs);
  }

  /** Throws RangeError for a cap that is not above zero. */
  setCap(bytesPerSecond: number | null, nowMs: number): void {
    if (bytesPerSecond !== null && !(bytesPerSecond > 0)) throw new RangeError('a cap must be above zero');
    this.earn(nowMs);
    this.bytesPerSecond = bytesPerSecond === null ? null : bytesPerSecond * SHARE;
    this.savedBytes = Math.min(this.savedBytes, this.mostSaved());
  }

  /** The most that may be asked for at once: half of what can be saved, so that a late timer loses nothing. */
  largestPiece(): number {
    return this.bytesPerSecond === null ? Infinity : Math.max(1, Math.floor(this.mostSaved() / 2));
  }

  /** Takes the bytes and gives 0, or takes nothing and gives the milliseconds until they may pass. */
  take(bytes: number, nowMs: number): number {
    if (this.bytesPerSecond === null) return 0;
    this.earn(nowMs);
    if (bytes > this.savedBytes) return ((bytes - this.savedBytes) * 1000) / this.bytesPerSecond;
    this.savedBytes -= bytes;
    return 0;
  }

  private earn(nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.asOfMs);
    this.asOfMs = nowMs;
    if (this.bytesPerSecond === null) return;
    this.savedBytes = Math.min(this.savedBytes + (this.bytesPerSecond * elapsedMs) / 1000, this.mostSaved());
  }

  private mostSaved(): number {
    return this.bytesPerSecond === null ? 0 : Math.max(2, this.bytesPerSecond * SAVED_SECONDS);
  }
}
