/** Keeps the last `limitBytes` of a program's output. */
export class OutputRing {
  private readonly chunks: Buffer[] = [];
  private held = 0;

  constructor(private readonly limitBytes: number) {}

  append(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.held += chunk.length;
    while (this.held - (this.chunks[0]?.length ?? 0) >= this.limitBytes) {
      this.held -= this.chunks.shift()?.length ?? 0;
    }
  }

  text(): string {
    const whole = Buffer.concat(this.chunks);
    return whole.subarray(Math.max(0, whole.length - this.limitBytes)).toString('utf8');
  }
}
