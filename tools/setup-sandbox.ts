import { spawn } from 'node:child_process';
import {
  realpathSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { findProgram, makeTempFolder, ProgramMissingError, type TempFolder } from '@fleetclone/testing';

// What the scripts may use besides what they look for: a slim system has no more than this.
const TOOLS =
  'awk cat chmod cp cut date dirname env find grep head mkdir mktemp mv rm sed sh sleep sort tail tee tr'.split(
    ' ',
  );
const HASHERS = ['sha256sum', 'shasum'];

export interface ScriptResult {
  readonly code: number | null;
  readonly output: string;
}

/** A small clone and a small system around it, with stand-ins for everything that installs or builds. */
export class SetupSandbox {
  private constructor(private readonly temp: TempFolder) {}

  static async make(): Promise<SetupSandbox> {
    const sandbox = new SetupSandbox(await makeTempFolder('setup'));
    for (const folder of ['bin', 'extra', 'tmp', 'system/usr/sbin', 'system/etc'])
      mkdirSync(sandbox.at(folder), { recursive: true });
    for (const tool of TOOLS)
      symlinkSync(findProgram([tool], 'part of every system'), sandbox.at(`bin/${tool}`));
    const hasher = findProgram(HASHERS, 'part of every system');
    symlinkSync(hasher, sandbox.at(`bin/${HASHERS.find((name) => hasher.endsWith(name)) ?? ''}`));
    symlinkSync(process.execPath, sandbox.at('bin/node'));
    sandbox.beSystem('Linux', 'root');
    sandbox.fillClone();
    sandbox.addBuilders();
    sandbox.addPrograms(['redis-server', 'ssh', 'ssh-keygen', 'sshd', 'getfattr', 'setfattr']);
    sandbox.addProgram('rsync', 'echo "rsync  version 3.2.7  protocol version 31"');
    return sandbox;
  }

  at(...parts: string[]): string {
    return join(this.temp.path, ...parts);
  }

  remove(): Promise<void> {
    return this.temp.remove();
  }

  beSystem(system: 'Linux' | 'Darwin', user: 'root' | 'sam'): void {
    this.addProgram('uname', `case $1 in -sm) echo '${system} cpu' ;; *) echo ${system} ;; esac`);
    this.addProgram('id', `echo ${user === 'root' ? 0 : 1000}`);
  }

  addProgram(name: string, script = 'exit 0', folder = 'bin'): void {
    rmSync(this.at(folder, name), { force: true });
    writeFileSync(this.at(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  addPrograms(names: readonly string[]): void {
    for (const name of names) this.addProgram(name);
  }

  removeProgram(name: string): void {
    rmSync(this.at('bin', name));
  }

  /** Writes a file of the clone, or deletes it. */
  put(path: string, text: string | undefined): void {
    if (text === undefined) {
      rmSync(this.at('clone', path), { recursive: true });
      return;
    }
    mkdirSync(dirname(this.at('clone', path)), { recursive: true });
    writeFileSync(this.at('clone', path), text);
  }

  /** What the stand-ins were asked to do since the last time. */
  calls(): string[] {
    const file = this.at('calls');
    const calls = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    rmSync(file, { force: true });
    return calls;
  }

  /** Lets a stand-in write a line to the calls; for use in `addProgram`. */
  noteCall(text: string): string {
    return `echo "${text}" >>'${this.at('calls')}'`;
  }

  run(
    shell: readonly string[],
    script: string,
    args: readonly string[] = [],
    env: NodeJS.ProcessEnv = {},
  ): Promise<ScriptResult> {
    const [command = '', ...options] = shell;
    const child = spawn(command, [...options, this.at('clone', script), ...args], {
      cwd: '/',
      env: {
        PATH: this.at('bin'),
        TMPDIR: this.at('tmp'),
        CI: 'true',
        FLEETCLONE_EXTRA_FOLDERS: this.at('extra'),
        FLEETCLONE_SYSTEM_ROOT: this.at('system'),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, output: Buffer.concat(chunks).toString() }));
    });
  }

  private fillClone(): void {
    for (const script of ['setup.sh', 'test.sh'])
      this.put(`tools/${script}`, readFileSync(join(__dirname, script), 'utf8'));
    this.put('package.json', '{}');
    this.put('package-lock.json', '{ "lock": 1 }');
    this.put('nx.json', '{}');
    this.put('apps/controller/prisma/schema.prisma', 'model Mac {}');
    this.put('apps/controller/src/main.ts', 'main');
    this.put('libs/keys/src/with a space.ts', 'keys');
    this.put('libs/keys/src/keys.spec.ts', 'test');
  }

  /** npm makes node_modules anew; nx writes what the real targets would. */
  private addBuilders(): void {
    writeFileSync(
      this.at('nx'),
      `#!/bin/sh
${this.noteCall('nx $*')}
[ ! -e broken ] || { echo 'src/main.ts: error TS1234: broken'; exit 1; }
case $* in *generate*) mkdir -p apps/controller/src/generated && echo client >apps/controller/src/generated/client.ts ;; esac
case $* in *build*) mkdir -p dist/apps && cat apps/controller/src/*.ts >dist/apps/main.cjs ;; esac
`,
      { mode: 0o755 },
    );
    this.addProgram(
      'npm',
      `${this.noteCall('npm $*')}\nrm -rf node_modules && mkdir -p node_modules/.bin && cp '${this.at('nx')}' node_modules/.bin/nx`,
    );
  }
}

/** The shells of this machine that the scripts have to work with, each once: sh is often one of the others. */
export function shellsAtHand(): string[][] {
  const byProgram = new Map<string, string[]>();
  for (const [name = '', ...options] of [['dash'], ['bash'], ['busybox', 'sh'], ['sh']]) {
    try {
      const path = findProgram([name], 'optional');
      if (!byProgram.has(realpathSync(path))) byProgram.set(realpathSync(path), [path, ...options]);
    } catch (error) {
      if (!(error instanceof ProgramMissingError)) throw error;
    }
  }
  return [...byProgram.values()];
}
