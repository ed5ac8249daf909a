export interface LinkClockSettings {
  readonly roundTripMs: number;
  readonly bytesPerSecond: number | null;
}

/** One direction of a link: when what is sent now arrives. All connections share it, as they share a line. */
export class LinkClock {
  private freeAtMs = 0;

  constructor(private readonly settings: LinkClockSettings) {}

  get oneWayMs(): number {
    return this.settings.roundTripMs / 2;
  }

  /** The largest piece to send at once: the line is busy with it for at most two milliseconds or one packet. */
  get pieceBytes(): number {
    const rate = this.settings.bytesPerSecond;
    return rate === null ? Number.POSITIVE_INFINITY : Math.max(1_500, Math.floor(rate / 500));
  }

  /** Puts bytes on the line and returns the moment at which the last of them arrives at the other end. */
  send(bytes: number, nowMs: number): number {
    const rate = this.settings.bytesPerSecond;
    if (rate === null) return nowMs + this.oneWayMs;
    this.freeAtMs = Math.max(nowMs, this.freeAtMs) + (bytes * 1000) / rate;
    return this.freeAtMs + this.oneWayMs;
  }

  /** How long what is waiting before the line will take to get on it. */
  backlogMs(nowMs: number): number {
    return Math.max(0, this.freeAtMs - nowMs);
  }
}
