import { appendFile } from 'node:fs/promises';
import { type LoggedProgram, spawnLogged } from '@fleetclone/testing';

export interface ServiceOptions {
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Takes what the program printed, when it has ended. */
  readonly logFile: string;
  /** What it prints when it is up. */
  readonly isUp: RegExp;
}

/** A program of ours that can be killed and started again, as a service manager would. */
export class Service {
  private program: LoggedProgram | undefined;

  constructor(private readonly options: ServiceOptions) {}

  get pid(): number {
    return this.running().pid;
  }

  output(): string {
    return this.running().output();
  }

  /** Starts it and waits until it is up; returns what told so. */
  async start(): Promise<RegExpExecArray> {
    const { args, env, isUp } = this.options;
    this.program = await spawnLogged(process.execPath, args, { env: { ...process.env, ...env } });
    return this.program.waitForOutput(isUp, { timeoutMs: 60_000 });
  }

  /** SIGKILL to the program alone; its children live on, as after a crash. */
  async kill9(): Promise<void> {
    await this.running().kill9();
    await this.keepLog();
  }

  /** SIGTERM, and whatever is needed so that nothing of it is left. Returns how many processes had to be killed. */
  async stop(): Promise<number> {
    if (this.program === undefined) return 0;
    const { killed } = await this.program.stop({ graceMs: 20_000 });
    await this.keepLog();
    this.program = undefined;
    return killed;
  }

  private async keepLog(): Promise<void> {
    await appendFile(this.options.logFile, this.running().output());
  }

  private running(): LoggedProgram {
    if (this.program === undefined) throw new Error('the service was not started');
    return this.program;
  }
}
