/** A wait that somebody else can end. A ring while nobody waits ends the next wait at once. */
export class Alarm {
  private hasRung = false;
  private wake: (() => void) | undefined;

  ring(): void {
    this.hasRung = true;
    this.wake?.();
  }

  /** Waits for a ring, at most so long. One caller at a time. */
  async wait(timeoutMs: number): Promise<void> {
    if (!this.hasRung && timeoutMs > 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(timeoutMs, 2 ** 31 - 1));
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.wake = undefined;
    }
    this.hasRung = false;
  }
}
