import { type ChildProcess, spawn } from 'node:child_process';
import { chown, mkdir, writeFile } from 'node:fs/promises';
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
