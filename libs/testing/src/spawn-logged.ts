import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { guardProcess } from './guardian';
import { OutputRing } from './output-ring';
import { ProcessFamily } from './process-family';
import { waitFor } from './wait-for';

export interface SpawnLoggedOptions {
  /** The whole environment of the child; the default is this process's own. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Written to its standard input, which is then closed. Without it there is no standard input. */
  readonly input?: string;
  readonly outputLimitBytes?: number;
}

export interface ProgramExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface StoppedProgram extends ProgramExit {
  /** How many of its processes had to be killed because they outlived it or the time allowed. */
  readonly killed: number;
}

export interface LoggedProgram {
  readonly pid: number;
  /** Settles when the program itself ends, even if its children hold the pipes open. */
  readonly exited: Promise<ProgramExit>;
  isRunning(): boolean;
  /** The tail of what it wrote to both outputs, in order of arrival. */
  output(): string;
  /** Waits until the output matches; throws at once, with the output, when the program ends first. */
  waitForOutput(pattern: RegExp, options?: { readonly timeoutMs?: number }): Promise<RegExpExecArray>;
  /** SIGKILL to the program alone, as a crash would end it: its children live on until `stop()`. */
  kill9(): Promise<ProgramExit>;
  /**
   * SIGTERM to its process group, then, after `graceMs` (default 5 s), SIGKILL to whatever is left of the group
   * and of its descendants in other groups. May be called twice, and after the program has ended.
   */
  stop(options?: { readonly graceMs?: number }): Promise<StoppedProgram>;
}

/** The program could not be started, or ended before it was ready. */
export class ProgramFailedError extends Error {
  override readonly name = 'ProgramFailedError';
}

/** Starts a program in its own process group, with both outputs drained into a bounded ring. */
export async function spawnLogged(
  command: string,
  args: readonly string[],
  options: SpawnLoggedOptions = {},
): Promise<LoggedProgram> {
  const child = spawn(command, args, {
    detached: true,
    env: options.env ?? process.env,
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  const program = new SpawnedProgram(child, command, options.outputLimitBytes ?? 256 * 1024);
  await program.started();
  child.stdin?.on('error', () => undefined); // it may end without reading; its exit tells the story
  child.stdin?.end(options.input);
  return program;
}

class SpawnedProgram implements LoggedProgram {
  readonly exited: Promise<ProgramExit>;
  private readonly ring: OutputRing;
  private family: ProcessFamily | undefined;
  private exit: ProgramExit | undefined;
  private release: () => void = () => undefined;
  private stopping: Promise<StoppedProgram> | undefined;

  constructor(
    private readonly child: ChildProcess,
    private readonly command: string,
    outputLimitBytes: number,
  ) {
    this.ring = new OutputRing(outputLimitBytes);
    child.stdout?.on('data', (chunk: Buffer) => this.ring.append(chunk));
    child.stderr?.on('data', (chunk: Buffer) => this.ring.append(chunk));
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.exit = { code, signal };
        // At this moment its number cannot be anybody else's yet, so what it leaves behind is known for sure.
        void this.family?.look({ includeGroup: true }).catch(() => 0);
        resolve(this.exit);
      });
    });
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new ProgramFailedError(`${this.command} did not start`);
    return this.child.pid;
  }

  async started(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.child.once('spawn', resolve);
      this.child.once('error', (cause) => {
        reject(new ProgramFailedError(`${this.command} did not start: ${cause.message}`, { cause }));
      });
    });
    this.family = new ProcessFamily(this.pid);
    this.release = guardProcess(this.pid);
  }

  isRunning(): boolean {
    return this.exit === undefined;
  }

  output(): string {
    return this.ring.text();
  }

  async waitForOutput(pattern: RegExp, { timeoutMs = 10_000 } = {}): Promise<RegExpExecArray> {
    const wanted = `${this.command} to print ${String(pattern)}`;
    let wasRunning = true;
    const look = () => {
      const match = pattern.exec(this.output());
      // What it wrote last may arrive just after the news of its end, so an ended program is looked at twice.
      if (match !== null || !wasRunning) return match ?? 'ended';
      wasRunning = this.isRunning();
      return undefined;
    };
    const seen = await waitFor(wanted, look, { timeoutMs }).catch((cause: unknown) => {
      throw new ProgramFailedError(`waited ${timeoutMs} ms for ${wanted}; it printed:\n${this.output()}`, {
        cause,
      });
    });
    if (seen !== 'ended') return seen;
    throw new ProgramFailedError(
      `waited for ${wanted}, but it ended (${this.describeExit()}):\n${this.output()}`,
    );
  }

  async kill9(): Promise<ProgramExit> {
    this.child.kill('SIGKILL');
    return this.exited;
  }

  stop({ graceMs = 5_000 } = {}): Promise<StoppedProgram> {
    this.stopping ??= this.endFamily(graceMs);
    return this.stopping;
  }

  private async endFamily(graceMs: number): Promise<StoppedProgram> {
    const family = this.family;
    if (family === undefined) throw new ProgramFailedError(`${this.command} did not start`);
    const deadline = performance.now() + graceMs;
    let living = await family.look({ includeGroup: this.isRunning() });
    if (this.isRunning()) family.signalGroup('SIGTERM');
    else family.signalEach('SIGTERM');
    // Looked at again and again, because what it starts while ending must not outlive it either.
    while (living > 0 && performance.now() < deadline) {
      await pause(20);
      living = await family.look({ includeGroup: this.isRunning() });
    }
    const killed = living;
    const hopeless = performance.now() + 10_000;
    while (living > 0) {
      if (performance.now() > hopeless) throw new ProgramFailedError(`${this.command} cannot be killed`);
      family.signalEach('SIGKILL');
      await pause(10);
      living = await family.look({ includeGroup: this.isRunning() });
    }
    const exit = await this.exited;
    this.child.stdout?.destroy();
    this.child.stderr?.destroy();
    this.release();
    return { ...exit, killed };
  }

  private describeExit(): string {
    return this.exit?.signal ?? `code ${this.exit?.code ?? 'unknown'}`;
  }
}
