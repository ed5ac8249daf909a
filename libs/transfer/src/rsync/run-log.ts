import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { LineSplitter } from '../process/line-splitter';
import { OutputTail } from '../process/output-tail';
import { type FileErrors, FileErrorList } from './file-errors';
import { displayBytes } from './rsync-name';

const TAIL_BYTES = 64 * 1024;
const FILE_BYTES = 10 * 1024 * 1024;
const LINES_HANDED_ON = 2_000;

/** A line for the run's log. */
export interface RunLogLine {
  readonly level: 'info' | 'warn';
  /** One safe line. */
  readonly text: string;
}

/**
 * Takes rsync's stderr: its tail and the errors of files in memory, the first 10 MB in a file, and lines for the
 * run's log. All of it is bounded, and nothing in it can hold rsync up.
 */
export class RunLog {
  private readonly tail = new OutputTail(TAIL_BYTES);
  private readonly errors = new FileErrorList();
  private readonly file: WriteStream;
  private fileBytes = 0;
  private linesHandedOn = 0;
  private readonly lines = new LineSplitter((line) => this.takeLine(line));

  constructor(
    path: string,
    private readonly onLog: (line: RunLogLine) => void,
  ) {
    this.file = createWriteStream(path, { mode: 0o600 });
    // A full disk on the source Mac must not end a backup to another one.
    this.file.on('error', (error) => this.say('warn', `the log file could not be written: ${error.message}`));
  }

  stderr(chunk: Buffer): void {
    this.tail.append(chunk);
    this.lines.write(chunk);
    const room = FILE_BYTES - this.fileBytes;
    if (room <= 0 || this.file.destroyed) return;
    this.fileBytes += chunk.length;
    this.file.write(chunk.subarray(0, room));
    if (this.fileBytes >= FILE_BYTES) this.file.write('\n(the rest was left out)\n');
  }

  say(level: RunLogLine['level'], text: string): void {
    this.linesHandedOn += 1;
    if (this.linesHandedOn <= LINES_HANDED_ON) this.onLog({ level, text });
    else if (this.linesHandedOn === LINES_HANDED_ON + 1) {
      this.onLog({ level: 'warn', text: 'more lines were left out here; the log file has them' });
    }
  }

  /** Settles when the file is written. */
  async end(): Promise<void> {
    this.lines.end();
    if (this.file.destroyed) return;
    const closed = once(this.file, 'close');
    this.file.end();
    await closed.catch(() => undefined); // told by the listener above
  }

  stderrTail(): string {
    return this.tail.text();
  }

  fileErrors(): FileErrors {
    return this.errors.all();
  }

  private takeLine(line: Buffer): void {
    this.errors.take(line.toString('latin1'));
    this.say('warn', displayBytes(line));
  }
}
