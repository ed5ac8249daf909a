import { execFile } from 'node:child_process';
import { closeSync, constants, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const MKFIFO = '/usr/bin/mkfifo';
const CHUNK_BYTES = 64 * 1024;
// A pipe holds 64 KiB, so a writer that writes a lot must be read often; an idle one need not be looked at so.
const SHORTEST_PAUSE_MS = 15;
const LONGEST_PAUSE_MS = 120;
// So much at a time leaves other work its turn.
const MOST_CHUNKS_AT_ONCE = 8;

/**
 * A pipe for a program that writes many small lines. Node gives a child a socket and wakes at every write, which takes
 * rsync's line for each file a fifth of the time of a whole copy of small files (measured: 3.3 s against 2.7 s for
 * 20,000 files). This one is read at intervals; the writer waits when the pipe is full, so memory stays bounded.
 */
export class QuietPipe {
  private readonly chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  private timer: NodeJS.Timeout | undefined;
  private onData: (chunk: Buffer) => void = () => undefined;
  private isClosed = false;

  private constructor(
    /** For the child's `stdio`; to be closed here with `closeWriteEnd` once it has been started. */
    readonly writeEnd: number,
    private readonly readEnd: number,
  ) {}

  /** Makes it by way of a name in the folder, which is gone again when this resolves. Rejects with the system's error. */
  static async open(folder: string): Promise<QuietPipe> {
    const path = join(folder, 'output.pipe');
    rmSync(path, { force: true });
    await run(MKFIFO, ['-m', '600', path]);
    try {
      const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      return new QuietPipe(openSync(path, constants.O_WRONLY), readEnd);
    } finally {
      rmSync(path, { force: true });
    }
  }

  closeWriteEnd(): void {
    closeSync(this.writeEnd);
  }

  /** The chunk is used again after the call. */
  start(onData: (chunk: Buffer) => void): void {
    this.onData = onData;
    this.wait(SHORTEST_PAUSE_MS);
  }

  /** Reads what is left of a writer that has ended, and closes. */
  finish(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    clearTimeout(this.timer);
    while (this.readChunk());
    closeSync(this.readEnd);
  }

  private wait(pauseMs: number): void {
    this.timer = setTimeout(() => {
      let chunks = 0;
      while (chunks < MOST_CHUNKS_AT_ONCE && this.readChunk()) chunks += 1;
      this.wait(chunks > 0 ? SHORTEST_PAUSE_MS : Math.min(LONGEST_PAUSE_MS, pauseMs * 2));
    }, pauseMs);
  }

  /** False when there is nothing to read at the moment. */
  private readChunk(): boolean {
    const length = this.read();
    if (length > 0) this.onData(this.chunk.subarray(0, length));
    return length > 0;
  }

  private read(): number {
    try {
      return readSync(this.readEnd, this.chunk);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
      throw error;
    }
  }
}
