import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram, makeTempFolder, startSshd, type SshServer, type TempFolder } from '@fleetclone/testing';
import { runSshCommand } from '../ssh/ssh-command';
import { type SshConfig, writeSshConfig } from '../ssh/ssh-config';
import { openSshSession, type SshSession } from '../ssh/ssh-session';
import type { SshTarget } from '../ssh/ssh-target';

// Read as a file and not imported: the library must not depend on the one that owns the gate.
const GATE = join(__dirname, '../../../keys/src/gate/gate.sh');
const run = promisify(execFile);

/** A remote Mac as far as a transfer can see one: an sshd, a credential, and the gate before a destination folder. */
export class GatedRemote {
  private session: SshSession | undefined;

  private constructor(
    readonly temp: TempFolder,
    readonly sshd: SshServer,
    readonly target: SshTarget,
    readonly ssh: SshConfig,
    /** The plan's folder at the destination. */
    readonly planFolder: string,
  ) {}

  static async start(destination = 'disk'): Promise<GatedRemote> {
    const temp = await makeTempFolder('transfer');
    const root = join(temp.path, destination);
    const gate = join(temp.path, 'gate');
    await mkdir(join(gate, 'credentials'), { recursive: true });
    await mkdir(root, { recursive: true });
    await copyFile(GATE, join(gate, 'gate.sh'));
    await chmod(join(gate, 'gate.sh'), 0o755);
    await writeFile(join(gate, 'credentials/test.roots'), `${root}\n`);
    const identityFile = await makeKey(temp.path, 'credential');
    const publicKey = (await readFile(`${identityFile}.pub`, 'utf8')).trim();
    const authorizedKeysFile = join(temp.path, 'authorized_keys');
    await writeFile(authorizedKeysFile, `restrict,command="${gate}/gate.sh test" ${publicKey}\n`, {
      mode: 0o600,
    });
    const sshd = await startSshd({ authorizedKeysFile });
    const target: SshTarget = {
      host: '127.0.0.1',
      port: sshd.port,
      user: userInfo().username,
      hostKeys: [sshd.hostKeyPublic],
      hostKeyAlias: 'backup-mac',
      identityFile,
    };
    const folder = join(temp.path, "attempt's folder");
    await mkdir(folder);
    const ssh = await writeSshConfig(folder, target);
    return new GatedRemote(temp, sshd, target, ssh, join(root, 'ann-mac/home'));
  }

  get attemptFolder(): string {
    return join(this.temp.path, "attempt's folder");
  }

  /** Claims the plan for a run, as an agent does before each attempt; gives what the arguments need to know. */
  async begin(
    runId: string,
    fence: number,
  ): Promise<{ readonly rsyncPath: string; readonly moduleRoot: string }> {
    const place = `${percentEncode(this.planFolder)} ${runId} ${fence}`;
    const answer = await runSshCommand(this.ssh, `fc begin ${place}`, { stdin: '{}\n', timeoutMs: 30_000 });
    if (answer.exitCode !== 0) throw new Error(`fc begin: ${answer.exitCode} ${answer.stderr}`);
    const moduleRoot = /^module-root ?(.*)$/m.exec(answer.stdout.toString())?.[1] ?? '';
    return { rsyncPath: `fc rsync ${place}`, moduleRoot };
  }

  /** From here on all that goes by `ssh` shares one login, as in an attempt of the agent: a login takes its time. */
  async keepConnection(): Promise<void> {
    const opened = await openSshSession(this.ssh, {
      timeoutMs: 30_000,
      signal: new AbortController().signal,
    });
    if (opened.ending !== 'opened') throw new Error(`no connection: ${opened.ending}`);
    this.session = opened.session;
    await copyFile(opened.session.config.configFile, this.ssh.configFile);
  }

  async stop(): Promise<void> {
    await this.session?.close();
    await this.sshd.stop();
    await this.temp.remove();
  }
}

/** A fresh Ed25519 key pair; the private half's path. */
export async function makeKey(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  const keygen = findProgram(['ssh-keygen'], 'apt-get install openssh-client');
  await run(keygen, ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', path]);
  return path;
}

function percentEncode(path: string): string {
  return [...Buffer.from(path)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9/._-]/.test(character)
        ? character
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');
}
