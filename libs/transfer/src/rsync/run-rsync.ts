import { type ChildProcess, spawn } from 'node:child_process';
import { killProcessGroup } from '../process/process-group';
import { QuietPipe } from '../process/quiet-pipe';
import { CAUSES } from './causes';
import type { RsyncEvent } from './output-lines';
import { createRsyncOutputParser } from './output-parser';
import { createProgressTracker } from './progress-tracker';
import { classifyRsyncExit, type ExitCircumstances, type TransferOutcome } from './rsync-exit';
import type { RsyncStats } from './rsync-stats';
import type { RsyncRunResult, RunRsyncOptions } from './rsync-run';
import { RunLog } from './run-log';

const KILL_GRACE_MS = 10_000;
const DRAIN_MS = 2_000;
// Beyond this (25 days) a timer of Node fires at once.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Runs rsync as the leader of its own process group and settles when it and its ssh have ended. Never rejects for
 * what rsync does, nor when it cannot be started: the outcome tells. Rejects only when a callback throws.
 */
export async function runRsync(options: RunRsyncOptions): Promise<RsyncRunResult> {
  const startedMs = performance.now();
  const run = new RsyncRun(options);
  const ended = options.signal.aborted ? NOT_STARTED : await run.untilEnded();
  return run.describe(ended, Math.round(performance.now() - startedMs));
}

interface Ending {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly started: boolean;
}

const NOT_STARTED: Ending = { exitCode: null, signal: null, started: false };

class RsyncRun {
  private readonly log: RunLog;
  private readonly tracker = createProgressTracker({ nowMs: () => performance.now() });
  private stats: RsyncStats | null = null;
  private deletionsSkipped = false;
  private stoppedBecause: ExitCircumstances['stoppedBecause'];
  private child: ChildProcess | undefined;
  private callbackError: { readonly error: unknown } | undefined;

  constructor(private readonly options: RunRsyncOptions) {
    this.log = new RunLog(options.folder, (line) => this.call(() => options.onLog(line)));
  }

  async untilEnded(): Promise<Ending> {
    const { options } = this;
    const output = await QuietPipe.open(options.folder);
    const child = spawn(
      options.binary,
      options.args.map(({ argument }) => argument),
      {
        detached: true,
        cwd: options.folder,
        // HOME is where popt looks for aliases that would change our options.
        env: { LC_ALL: 'C', PATH: '/usr/bin:/bin:/usr/sbin:/sbin', HOME: options.folder },
        stdio: ['ignore', output.writeEnd, 'pipe'],
      },
    );
    output.closeWriteEnd();
    this.child = child;
    const ending = this.watchEnd(child);
    if (child.pid !== undefined) {
      const { pid } = child;
      this.call(() => options.onSpawn({ pid }));
    }
    const { heard, stopWatching } = this.watchClocks();
    const parser = createRsyncOutputParser((event) => this.take(event));
    output.start((chunk) => {
      heard();
      parser.write(chunk);
    });
    this.drainErrors(child, heard);
    try {
      return await ending;
    } finally {
      output.finish();
      parser.end();
      stopWatching();
    }
  }

  async describe(ended: Ending, durationMs: number): Promise<RsyncRunResult> {
    await this.log.end();
    if (this.callbackError !== undefined) throw this.callbackError.error;
    const stderrTail = this.log.stderrTail();
    return {
      outcome: this.outcomeOf(ended, stderrTail),
      stats: this.stats,
      durationMs,
      fileErrors: this.log.fileErrors(),
      fileErrorFile: this.log.fileErrorFile(),
      deletionsSkipped: this.deletionsSkipped,
      deletionsHeld: this.log.deletionsHeld,
      exitCode: ended.exitCode,
      exitSignal: ended.signal,
      stderrTail,
      arguments: this.options.args,
    };
  }

  private outcomeOf({ exitCode, signal, started }: Ending, stderrTail: string): TransferOutcome {
    if (this.options.signal.aborted && !started) return { result: 'cancelled', ...CAUSES.CANCELLED };
    if (!started) return { result: 'failed', ...CAUSES.TOOL_MISSING };
    // The client of a kept connection only knows that it is gone.
    const words = exitCode === 0 ? stderrTail : `${stderrTail}\n${this.options.ssh?.stderrTail() ?? ''}`;
    return classifyRsyncExit(exitCode, signal, words, {
      ...this.options.systems,
      fileErrors: this.log.fileErrors(),
      deletionsHeld: this.log.deletionsHeld,
      ...(this.stoppedBecause !== undefined && { stoppedBecause: this.stoppedBecause }),
      ...(this.stats !== null && { filesTotal: this.stats.filesTotal }),
    });
  }

  private watchEnd(child: ChildProcess): Promise<Ending> {
    return new Promise((resolve) => {
      child.once('error', (error) => {
        if (child.pid !== undefined) return;
        this.log.say('warn', `rsync could not be started: ${error.message}`);
        resolve(NOT_STARTED);
      });
      // ssh may outlive a killed rsync and hold the pipes open: it gets a moment to end by itself.
      let drainTimer: NodeJS.Timeout | undefined;
      child.once('exit', () => {
        drainTimer = setTimeout(() => this.killRest(child), DRAIN_MS);
      });
      child.once('close', (exitCode, signal) => {
        clearTimeout(drainTimer);
        resolve({ exitCode, signal, started: true });
      });
    });
  }

  private watchClocks(): { readonly heard: () => void; readonly stopWatching: () => void } {
    const { signal, silenceTimeoutMs, totalTimeoutMs } = this.options;
    const cancel = (): void => this.stop('cancelled');
    const silence = setTimeout(() => this.stop('silent'), Math.min(silenceTimeoutMs, LONGEST_TIMER_MS));
    const totalMs = Math.min(totalTimeoutMs ?? LONGEST_TIMER_MS, LONGEST_TIMER_MS);
    const total = setTimeout(() => this.stop('too-long'), totalMs);
    const heard = (): void => void silence.refresh();
    signal.addEventListener('abort', cancel, { once: true });
    const stopWatching = (): void => {
      clearTimeout(silence);
      clearTimeout(total);
      signal.removeEventListener('abort', cancel);
    };
    return { heard, stopWatching };
  }

  private drainErrors({ stderr }: ChildProcess, heard: () => void): void {
    stderr?.on('data', (chunk: Buffer) => {
      heard();
      if (this.log.stderr(chunk)) return;
      // The list of errors is to be complete, so rsync waits for the disk that it is written to.
      stderr.pause();
      this.log.whenWritten(() => stderr.resume());
    });
  }

  private take(event: RsyncEvent): void {
    if (event.type === 'stats') this.stats = event.stats;
    if (event.type === 'deletions-skipped') this.deletionsSkipped = true;
    if (event.type === 'other') this.log.say('info', event.line);
    if (event.type === 'item' || event.type === 'deleted') this.call(() => this.options.onItem?.(event));
    const progress = this.tracker.onEvent(event);
    if (progress !== null) this.call(() => this.options.onProgress(progress));
  }

  private stop(reason: NonNullable<ExitCircumstances['stoppedBecause']>): void {
    if (this.stoppedBecause !== undefined || this.child?.pid === undefined) return;
    this.stoppedBecause = reason;
    void killProcessGroup(this.child.pid, { graceMs: KILL_GRACE_MS });
  }

  private killRest(child: ChildProcess): void {
    if (child.pid !== undefined) void killProcessGroup(child.pid, { graceMs: DRAIN_MS });
    // The master of a kept connection is no member of the group, and holds the outputs until the remote has ended too.
    child.stderr?.destroy();
  }

  /** A callback that throws is a mistake of ours: the run ends, and the mistake is not lost. */
  private call(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.callbackError ??= { error };
      this.stop('cancelled');
    }
  }
}
