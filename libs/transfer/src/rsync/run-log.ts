import { join } from 'node:path';
import { LineSplitter } from '../process/line-splitter';
import { OutputTail } from '../process/output-tail';
import { BoundedFile } from './bounded-file';
import { FileErrorList } from './file-error-list';
import type { FileError, FileErrors } from './file-errors';
import { displayBytes } from './rsync-name';

const TAIL_BYTES = 64 * 1024;
const WORDS_BYTES = 1024 * 1024;
const LIST_BYTES = 50 * 1024 * 1024;
const LINES_HANDED_ON = 2_000;
/** Of errors that differ in their file only. */
const ALIKE_HANDED_ON = 20;

/** A line for the run's log. */
export interface RunLogLine {
  readonly level: 'info' | 'warn';
  /** One safe line. */
  readonly text: string;
}

/** The list of all errors of files, one JSON object a line; see `renderFileError`. */
export interface FileErrorFile {
  readonly path: string;
  /** Whether there was room for all of them. */
  readonly isComplete: boolean;
}

/**
 * Takes rsync's stderr. Errors of files go into `file-errors.jsonl` (up to 50 MB), the first hundred and their counts
 * are kept in memory; all other words go into `stderr.log` (up to 1 MB), their tail is kept, so that a storm of errors
 * cannot wash away why rsync ended. Both make lines for the run's log. All of it is bounded.
 */
export class RunLog {
  private readonly tail = new OutputTail(TAIL_BYTES);
  private readonly errors = new FileErrorList();
  private readonly words: BoundedFile;
  private readonly list: BoundedFile;
  private readonly listPath: string;
  private linesHandedOn = 0;
  private held = 0;
  private readonly lines = new LineSplitter((line) => this.takeLine(line));

  constructor(
    folder: string,
    private readonly onLog: (line: RunLogLine) => void,
  ) {
    this.listPath = join(folder, 'file-errors.jsonl');
    // A full disk on the source Mac must not end a backup to another one.
    const tell = (name: string) => (error: Error) =>
      this.say('warn', `${name} could not be written: ${error.message}`);
    this.words = new BoundedFile(join(folder, 'stderr.log'), WORDS_BYTES, tell('stderr.log'));
    this.list = new BoundedFile(this.listPath, LIST_BYTES, tell('file-errors.jsonl'));
  }

  /** Whether more may come at once; else after `whenWritten`. */
  stderr(chunk: Buffer): boolean {
    this.lines.write(chunk);
    return !this.list.isBehind;
  }

  whenWritten(callback: () => void): void {
    this.list.whenWritten(callback);
  }

  say(level: RunLogLine['level'], text: string): void {
    this.linesHandedOn += 1;
    if (this.linesHandedOn <= LINES_HANDED_ON) this.onLog({ level, text });
    else if (this.linesHandedOn === LINES_HANDED_ON + 1)
      this.onLog({ level: 'warn', text: 'more lines were left out here' });
  }

  /** Settles when the files are written. */
  async end(): Promise<void> {
    this.lines.end();
    for (const { operation, message, side, count } of this.errors.all().counts)
      if (count > ALIKE_HANDED_ON)
        this.onLog({
          level: 'warn',
          text: `${count} times in all on the ${side}'s side: ${operation}: ${message}`,
        });
    await Promise.all([this.words.end(), this.list.end()]);
  }

  /** The last 64 KiB of what was no error of a file. */
  stderrTail(): string {
    return this.tail.text();
  }

  fileErrors(): FileErrors {
    return this.errors.all();
  }

  /** Null when there were no errors. */
  fileErrorFile(): FileErrorFile | null {
    if (this.errors.all().count === 0) return null;
    return { path: this.listPath, isComplete: this.list.isComplete };
  }

  /** Deletions that `--max-delete` stopped. */
  get deletionsHeld(): number {
    return this.held;
  }

  private takeLine(line: Buffer): void {
    const latin1 = line.toString('latin1');
    const taken = this.errors.take(latin1);
    if (taken === null) {
      this.takeWords(line, latin1);
      return;
    }
    this.list.write(`${renderFileError(taken.error)}\n`);
    if (taken.alike <= ALIKE_HANDED_ON) this.say('warn', displayBytes(line));
    if (taken.alike === ALIKE_HANDED_ON)
      this.say('warn', 'more like this are only counted here; file-errors.jsonl has them all');
  }

  private takeWords(line: Buffer, latin1: string): void {
    const whole = Buffer.concat([line, NEWLINE]);
    this.tail.append(whole);
    this.words.write(whole);
    this.say('warn', displayBytes(line));
    const stopped = /^Deletions stopped due to --max-delete limit \((\d+) skipped\)$/.exec(latin1);
    if (stopped !== null) this.held = Number(stopped[1]);
  }
}

const NEWLINE = Buffer.from('\n');

/** One line of JSON: the name to be read (`path`) and, in base64, its exact bytes. */
export function renderFileError({ kind, side, operation, errno, message, path }: FileError): string {
  const bytes = path.bytes.toString('base64');
  return JSON.stringify({ kind, side, operation, errno, message, path: path.display, bytes });
}
