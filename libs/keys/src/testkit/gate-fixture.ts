import { type ChildProcess, spawn } from 'node:child_process';
import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempFolder, type TempFolder } from '@fleetclone/testing';
import { gateScript } from '../gate/gate-script';
import { type ProgramResult, runProgram, type RunOptions } from './run-program';
import { shells, type Variant } from './variants';

export const CREDENTIAL = 'credential-1';
export const PLAN_DOCUMENT = '{"plan":"home"}\n';

/** An installed gate, one credential and one allowed folder, all in a temporary folder. */
export class GateFixture {
  private constructor(
    private readonly temp: TempFolder,
    /** The gate's own folder, with a blank in its name. */
    readonly base: string,
    /** The allowed folder. */
    readonly root: string,
    private readonly user: RunOptions['user'],
  ) {}

  static async create(user?: RunOptions['user']): Promise<GateFixture> {
    const temp = await makeTempFolder('gate');
    const fixture = new GateFixture(temp, join(temp.path, 'state folder'), join(temp.path, 'volume'), user);
    await mkdir(join(fixture.base, 'credentials'), { recursive: true, mode: 0o700 });
    await mkdir(join(fixture.base, 'bin'));
    await mkdir(fixture.root);
    await writeFile(fixture.script, gateScript, { mode: 0o755 });
    await writeFile(join(fixture.base, 'credentials', `${CREDENTIAL}.roots`), `${fixture.root}\n`);
    if (user !== undefined) {
      for (const path of [temp.path, fixture.root, fixture.base, join(fixture.base, 'credentials')]) {
        await chown(path, user.uid, user.gid);
      }
    }
    return fixture;
  }

  get script(): string {
    return join(this.base, 'gate.sh');
  }

  get folder(): string {
    return this.temp.path;
  }

  /** Lets the credential read these folders. */
  async allowSources(...folders: readonly string[]): Promise<void> {
    const file = join(this.base, 'credentials', `${CREDENTIAL}.sources`);
    await writeFile(file, folders.map((folder) => `${folder}\n`).join(''));
  }

  /** Takes the allowed folder away from the credential. */
  async forbidWriting(): Promise<void> {
    await rm(join(this.base, 'credentials', `${CREDENTIAL}.roots`));
  }

  /** Puts a script in the place of a program that the gate starts by name; `$real` in it is the program's own path. */
  async standIn(name: string, script: string): Promise<void> {
    const real = `real=$(PATH=/usr/bin:/bin:/usr/sbin:/sbin command -v ${name})`;
    await writeFile(join(this.base, 'bin', name), `#!/bin/sh\n${real}\n${script}\n`, { mode: 0o755 });
  }

  async endStandIn(name: string): Promise<void> {
    await rm(join(this.base, 'bin', name));
  }

  /** Shell words that make a request of their own, for scripts that get in between. */
  requestFrom(command: string): string {
    return `echo '{}' | SSH_ORIGINAL_COMMAND='${command}' '${this.script}' ${CREDENTIAL}`;
  }

  /** Runs one request to its end, as sshd would. */
  run(
    command: string | undefined,
    options: Partial<RunOptions> & { shell?: Variant } = {},
  ): Promise<ProgramResult> {
    const { shell, ...rest } = options;
    return runProgram(this.argv(shell), {
      user: this.user,
      input: PLAN_DOCUMENT,
      ...rest,
      env: { ...(command !== undefined && { SSH_ORIGINAL_COMMAND: command }), ...rest.env },
    });
  }

  /** Starts a request and leaves its standard input open, as a data connection is. */
  start(command: string, shell?: Variant): ChildProcess {
    const [program = '', ...args] = this.argv(shell);
    return spawn(program, args, {
      env: { SSH_ORIGINAL_COMMAND: command },
      cwd: '/',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  }

  remove(): Promise<void> {
    return this.temp.remove();
  }

  private argv(shell = shells[0]): readonly string[] {
    return [...(shell?.argv ?? []), this.script, CREDENTIAL];
  }
}
