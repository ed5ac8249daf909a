import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';

/** Held in memory at most before a writer is asked to wait. */
const BUFFER_BYTES = 1024 * 1024;

/**
 * A file that takes what fits into its bounds and drops the rest. It is made with the first thing written. A disk that
 * refuses is told once, and from then on everything is dropped: nothing here may end a backup.
 */
export class BoundedFile {
  private stream: WriteStream | undefined;
  private bytes = 0;
  private hasDropped = false;

  constructor(
    private readonly path: string,
    private readonly limitBytes: number,
    private readonly onError: (error: Error) => void,
  ) {}

  /** Whether everything that was given is in the file. */
  get isComplete(): boolean {
    return !this.hasDropped;
  }

  /** Whether the writer should wait until `whenWritten`. */
  get isBehind(): boolean {
    return this.stream?.writableNeedDrain === true && !this.stream.destroyed;
  }

  /** Takes all of it or nothing. */
  write(part: string | Buffer): void {
    const length = Buffer.byteLength(part);
    if (this.hasDropped || this.bytes + length > this.limitBytes) {
      this.hasDropped = true;
      return;
    }
    this.stream ??= this.open();
    this.bytes += length;
    this.stream.write(part);
  }

  /** Calls once, when what was held is written or given up. */
  whenWritten(callback: () => void): void {
    const { stream } = this;
    if (stream === undefined || !this.isBehind) {
      callback();
      return;
    }
    const done = (): void => {
      stream.off('drain', done).off('close', done);
      callback();
    };
    stream.once('drain', done).once('close', done);
  }

  /** Settles when the file is written. */
  async end(): Promise<void> {
    const { stream } = this;
    if (stream === undefined || stream.closed) return;
    const closed = once(stream, 'close');
    stream.end();
    await closed.catch(() => undefined); // told by the listener below
  }

  private open(): WriteStream {
    const stream = createWriteStream(this.path, { mode: 0o600, highWaterMark: BUFFER_BYTES });
    stream.on('error', (error) => {
      this.hasDropped = true;
      this.onError(error);
    });
    return stream;
  }
}
