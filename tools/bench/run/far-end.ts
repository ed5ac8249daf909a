import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { authorizedKeysOptions, gateScript } from '@fleetclone/keys';
import { findProgram, type SshServer, startSshd } from '@fleetclone/testing';
import { readCpuTimes, readFamily } from '../measure/proc';

const exec = promisify(execFile);

/** The name by which plain ssh reaches the far end, on every link. */
export const FAR_HOST = 'bench-mac';

/** The other Mac: an sshd on this machine, with one key for everybody and one that opens our gate only. */
export interface FarEnd {
  readonly port: number;
  readonly user: string;
  readonly hostKey: string;
  /** Private key of an ordinary login. */
  readonly plainKey: string;
  /** Private key that the gate answers. */
  readonly gateKey: string;
  /** The gate's destination root. */
  readonly gateRoot: string;
  /** Programs that the far end starts, from now on and until the next call, in milliseconds; null if not told. */
  takeCpuMs(): Promise<number | null>;
  stop(): Promise<void>;
}

/** Starts it in a folder of its own. Logins have an empty home folder, so that nobody's shell settings are measured. */
export async function startFarEnd(folder: string): Promise<FarEnd> {
  const gateRoot = join(folder, 'gate-root');
  const home = join(folder, 'home');
  for (const made of [gateRoot, home]) await mkdir(made, { recursive: true });
  const plainKey = await makeKey(folder, 'plain');
  const gateKey = await makeKey(folder, 'credential');
  const authorizedKeysFile = join(folder, 'authorized_keys');
  await writeFile(authorizedKeysFile, await authorizedKeys(folder, gateRoot, plainKey, gateKey), {
    mode: 0o600,
  });
  const pidFile = join(folder, 'sshd.pid');
  const sshd = await startSshd({
    authorizedKeysFile,
    directives: [
      'PermitRootLogin prohibit-password',
      'Subsystem sftp internal-sftp',
      `PidFile ${pidFile}`,
      `SetEnv HOME=${home}`,
    ],
  });
  const cpu = new FarCpu(Number(await readFile(pidFile, 'utf8')));
  return {
    port: sshd.port,
    user: userInfo().username,
    hostKey: sshd.hostKeyPublic,
    plainKey,
    gateKey,
    gateRoot,
    takeCpuMs: () => cpu.take(),
    stop: () => stopSshd(sshd),
  };
}

/** Where one link leads to, for programs that use plain ssh. */
export async function writePlainSshConfig(far: FarEnd, port: number, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const knownHosts = join(folder, 'known_hosts');
  await writeFile(knownHosts, `${FAR_HOST} ${far.hostKey}\n`);
  const path = join(folder, 'ssh_config');
  const lines = [
    `Host ${FAR_HOST}`,
    '  HostName 127.0.0.1',
    `  Port ${port}`,
    `  User ${far.user}`,
    `  HostKeyAlias ${FAR_HOST}`,
    `  UserKnownHostsFile ${knownHosts}`,
    '  GlobalKnownHostsFile /dev/null',
    `  IdentityFile ${far.plainKey}`,
    '  IdentitiesOnly yes',
    '  BatchMode yes',
    '  LogLevel ERROR',
    '',
  ];
  await writeFile(path, lines.join('\n'));
  return path;
}

async function authorizedKeys(
  folder: string,
  gateRoot: string,
  plainKey: string,
  gateKey: string,
): Promise<string> {
  const gate = join(folder, 'gate');
  await mkdir(join(gate, 'credentials'), { recursive: true });
  await writeFile(join(gate, 'gate.sh'), gateScript, { mode: 0o755 });
  await writeFile(join(gate, 'credentials', 'bench.roots'), `${gateRoot}\n`);
  const publicHalf = async (key: string): Promise<string> => (await readFile(`${key}.pub`, 'utf8')).trim();
  const options = authorizedKeysOptions({ gateCommand: join(gate, 'gate.sh'), credentialId: 'bench' });
  return `${await publicHalf(plainKey)}\n${options} ${await publicHalf(gateKey)}\n`;
}

async function makeKey(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  const keygen = findProgram(['ssh-keygen'], 'apt-get install openssh-client');
  await exec(keygen, ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', path]);
  return path;
}

async function stopSshd(sshd: SshServer): Promise<void> {
  await sshd.stop();
}

const SESSIONS_END_MS = 3_000;

/** sshd waits for its sessions, and they for what they started, so its account of ended children is the far end's. */
class FarCpu {
  private takenMs: number;

  constructor(private readonly pid: number) {
    this.takenMs = readCpuTimes(pid)?.children ?? 0;
  }

  async take(): Promise<number | null> {
    const deadline = performance.now() + SESSIONS_END_MS;
    while (readFamily(this.pid).length > 1 && performance.now() < deadline) await pause(10);
    const times = readCpuTimes(this.pid);
    if (times === undefined) return null;
    const ms = times.children - this.takenMs;
    this.takenMs = times.children;
    return ms;
  }
}
