const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * Cuts a byte stream into lines at `\n` and `\r`, whatever the chunks; empty lines are left out. A line longer than
 * `maxLineBytes` is cut there and its rest dropped, so that memory stays bounded. A line handed over may be part of the
 * chunk, so whoever wants to keep its bytes copies them.
 */
export class LineSplitter {
  private held: Buffer[] = [];
  private heldBytes = 0;

  constructor(
    private readonly onLine: (line: Buffer) => void,
    private readonly maxLineBytes = 64 * 1024,
  ) {}

  write(chunk: Buffer): void {
    let start = 0;
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte !== NEWLINE && byte !== RETURN) continue;
      if (this.heldBytes === 0) this.handOver(chunk.subarray(start, at));
      else {
        this.hold(chunk.subarray(start, at));
        this.flush();
      }
      start = at + 1;
    }
    this.hold(chunk.subarray(start));
  }

  /** Hands over what came after the last line end. */
  end(): void {
    this.flush();
  }

  private hold(part: Buffer): void {
    const kept = part.subarray(0, this.maxLineBytes - this.heldBytes);
    if (kept.length === 0) return;
    this.held.push(Buffer.from(kept)); // a copy: the stream may use its buffer again
    this.heldBytes += kept.length;
  }

  private flush(): void {
    if (this.heldBytes === 0) return;
    const line = Buffer.concat(this.held);
    this.held = [];
    this.heldBytes = 0;
    this.handOver(line);
  }

  private handOver(line: Buffer): void {
    if (line.length > 0) this.onLine(line.subarray(0, this.maxLineBytes));
  }
}
