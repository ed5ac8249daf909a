import { ByteBucket } from './byte-bucket';

// What a full packet of 1448 bytes costs on the line with its IP and TCP headers.
const WIRE_BYTES_PER_BYTE = 1500 / 1448;

interface Turn {
  readonly bytes: number;
  readonly pass: (part: number) => void;
}

/** One direction of all connections of a relay: lets their bytes pass in turn, under one cap, and counts them. */
export class Meter {
  /** Bytes that were passed on since the start, without headers. */
  forwardedBytes = 0;
  private readonly bucket: ByteBucket;
  private readonly turns: Turn[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(capBytesPerSecond: number | null) {
    this.bucket = new ByteBucket(capBytesPerSecond, performance.now());
  }

  /** Holds at once, also for what waits. */
  setCap(bytesPerSecond: number | null): void {
    this.bucket.setCap(bytesPerSecond, performance.now());
    this.next();
  }

  /**
   * Waits until a first part of `bytes` may pass, and gives its size. Connections come in turn with small parts, so
   * that each gets its share and a command does not wait behind a large file.
   */
  async admit(bytes: number): Promise<number> {
    return new Promise((pass) => {
      this.turns.push({ bytes, pass });
      if (this.turns.length === 1) this.next();
    });
  }

  private next(): void {
    clearTimeout(this.timer);
    for (let turn = this.turns[0]; turn !== undefined; turn = this.turns[0]) {
      const part = Math.max(1, Math.floor(this.bucket.largestPiece() / WIRE_BYTES_PER_BYTE));
      const bytes = Math.min(turn.bytes, part);
      const waitMs = this.bucket.take(bytes * WIRE_BYTES_PER_BYTE, performance.now());
      if (waitMs > 0) {
        this.timer = setTimeout(() => this.next(), Math.ceil(waitMs));
        return;
      }
      this.turns.shift();
      turn.pass(bytes);
    }
  }
}
