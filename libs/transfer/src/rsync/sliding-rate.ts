/** Change per second of a growing quantity over the last `windowMs`, so that one slow second is not a slow line. */
export class SlidingRate {
  private readonly samples: { readonly atMs: number; readonly value: number }[] = [];

  constructor(private readonly windowMs: number) {}

  add(atMs: number, value: number): void {
    const last = this.samples.at(-1);
    // A quantity that fell is a new beginning.
    if (last !== undefined && value < last.value) this.samples.length = 0;
    this.samples.push({ atMs, value });
    // The newest sample outside the window stays, as the window's beginning.
    while ((this.samples[1]?.atMs ?? Infinity) <= atMs - this.windowMs) this.samples.shift();
  }

  /** Null until two samples lie at least a second apart. */
  perSecond(): number | null {
    const first = this.samples[0];
    const last = this.samples.at(-1);
    if (first === undefined || last === undefined || last.atMs - first.atMs < 1000) return null;
    return ((last.value - first.value) * 1000) / (last.atMs - first.atMs);
  }
}
