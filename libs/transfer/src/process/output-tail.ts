/** Keeps the last `limitBytes` of what a process wrote, however much that is. */
export class OutputTail {
  private chunks: Buffer[] = [];
  private heldBytes = 0;

  constructor(private readonly limitBytes: number) {}

  append(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.heldBytes += chunk.length;
    // Joined only when twice the limit is held, so that a flood of tiny chunks costs linear time.
    if (this.heldBytes > 2 * this.limitBytes) this.shrink();
  }

  bytes(): Buffer {
    this.shrink();
    return this.chunks[0] ?? Buffer.alloc(0);
  }

  /** The tail as text; bytes that are not UTF-8 become U+FFFD. */
  text(): string {
    return this.bytes().toString('utf8');
  }

  private shrink(): void {
    const all = Buffer.concat(this.chunks);
    const tail = all.length > this.limitBytes ? Buffer.from(all.subarray(all.length - this.limitBytes)) : all;
    this.chunks = [tail];
    this.heldBytes = tail.length;
  }
}
