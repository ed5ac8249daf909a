import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type GateCopyFolder, gateCommands, type GateOutcome } from '../gate/gate-commands';
import { parseAlteredReply, parseUnchangedReply, type UnchangedReply } from '../gate/gate-reply';
import { GateFixture } from './gate-fixture';
import type { ProgramResult } from './run-program';
import type { Variant } from './variants';

/** One plan behind an installed gate; its attempts are numbered, and `run-<n>` has the fence n. */
export class PlanAtGate {
  private constructor(
    readonly gate: GateFixture,
    private readonly shell: Variant,
  ) {}

  static async create(shell: Variant): Promise<PlanAtGate> {
    return new PlanAtGate(await GateFixture.create(), shell);
  }

  get folder(): string {
    return join(this.gate.root, "ann's plan");
  }

  at(...names: readonly string[]): string {
    return join(this.folder, ...names);
  }

  attempt(number: number): { planDirectory: string; runId: string; fence: number } {
    return { planDirectory: this.folder, runId: `run-${number}`, fence: number };
  }

  run(command: string, input?: string): Promise<ProgramResult> {
    return this.gate.run(command, { shell: this.shell, ...(input !== undefined && { input }) });
  }

  begin(number: number): Promise<ProgramResult> {
    return this.run(gateCommands.begin(this.attempt(number)));
  }

  finish(number: number, outcome: GateOutcome = 'succeeded'): Promise<ProgramResult> {
    return this.run(gateCommands.finish({ ...this.attempt(number), outcome }));
  }

  clone(number: number, snapshot: string): Promise<ProgramResult> {
    return this.run(gateCommands.clone({ ...this.attempt(number), snapshot }));
  }

  publish(number: number, snapshot: string): Promise<ProgramResult> {
    return this.run(gateCommands.publish({ ...this.attempt(number), snapshot }));
  }

  /** A data connection whose client says nothing and ends at once. */
  transfer(number: number): Promise<ProgramResult> {
    return this.run(`${gateCommands.rsyncPath(this.attempt(number))} --server --daemon .`, '');
  }

  questionOf(number: number, since: number, folder: GateCopyFolder = 'current'): string {
    const attempt = this.attempt(number);
    return gateCommands.unchanged({ ...attempt, since: { runId: `run-${since}`, fence: since }, folder });
  }

  async ask(number: number, since: number, folder?: GateCopyFolder): Promise<UnchangedReply> {
    const { exitCode, stdout, stderr } = await this.run(this.questionOf(number, since, folder));
    if (exitCode !== 0 || stderr !== '') throw new Error(`fc unchanged: ${exitCode} ${stderr}`);
    return parseUnchangedReply(stdout);
  }

  /** What was changed, with one character per byte; null when the gate cannot tell all of it. */
  async altered(number: number, since: number): Promise<readonly string[] | null> {
    const question = { ...this.attempt(number), since: this.attempt(since), folder: 'current' } as const;
    const { stdout } = await this.run(gateCommands.altered(question));
    return parseAlteredReply(Buffer.from(stdout));
  }

  /** A copy of folder, files and a link in `current/`, left by run 1 that succeeded. Run 2 has begun. */
  async copyWithRun1(): Promise<void> {
    await this.begin(1);
    await mkdir(this.at('current/folder'), { recursive: true });
    await writeFile(this.at('current/folder/file\nname'), 'content');
    await writeFile(this.at('current/other'), 'content');
    await symlink('/etc', this.at('current/link'));
    await this.finish(1);
    await this.begin(2);
  }

  remove(): Promise<void> {
    return this.gate.remove();
  }
}
