import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from './find-program';
import { freePort } from './free-port';
import { type LoggedProgram, ProgramFailedError, spawnLogged, type StoppedProgram } from './spawn-logged';
import { buildSshdConfig, isLockedAccount } from './sshd-config';
import { makeTempFolder, type TempFolder } from './temp-folder';
import { waitFor } from './wait-for';

const run = promisify(execFile);

export interface StartSshdOptions {
  /** The only user who may log in; the default, and all that works for an ordinary user, is the current one. */
  readonly user?: string;
  /** Private host key files (absolute, 0600). The default is one fresh Ed25519 key. */
  readonly hostKeys?: readonly string[];
  /** Absolute; it may be made later. */
  readonly authorizedKeysFile: string;
  readonly port?: number;
  /** Absolute; the default lies in a temporary folder and goes with it. */
  readonly logFile?: string;
  /** More lines for the configuration. They come first, so they win over ours (sshd_config(5)). */
  readonly directives?: readonly string[];
}

export interface SshServer {
  readonly port: number;
  /** The first host key's public half: `ssh-ed25519 AAAA…`, without a comment. */
  readonly hostKeyPublic: string;
  isRunning(): boolean;
  /** What sshd wrote to its log so far; still there after `stop()`. */
  log(): Promise<string>;
  /** Ends the server and every session, with all programs that sessions started. */
  stop(): Promise<StoppedProgram>;
}

/** Starts an sshd of our own on 127.0.0.1, apart from the system's, as root or as an ordinary user. */
export async function startSshd(options: StartSshdOptions): Promise<SshServer> {
  const temp = await makeTempFolder('sshd');
  try {
    return await launch(options, temp);
  } catch (error) {
    await temp.remove();
    throw error;
  }
}

async function launch(options: StartSshdOptions, temp: TempFolder): Promise<SshServer> {
  const sshd = findProgram(['sshd'], 'apt-get install openssh-server');
  const port = options.port ?? (await freePort());
  const user = options.user ?? userInfo().username;
  const logFile = options.logFile ?? join(temp.path, 'sshd.log');
  const hostKeys = options.hostKeys ?? [await makeHostKey(temp.path)];
  const hostKeyPublic = await readPublicKey(hostKeys[0] ?? '');
  const isRoot = process.getuid?.() === 0;
  // Debian's sshd refuses to start as root without this folder, which its service file would make.
  if (isRoot && process.platform === 'linux') await mkdir('/run/sshd', { recursive: true, mode: 0o755 });

  const configFile = join(temp.path, 'sshd_config');
  const config = buildSshdConfig({
    port,
    user,
    isRoot,
    hostKeys,
    authorizedKeysFile: options.authorizedKeysFile,
    usePam: isRoot && (await isLocked(user)),
    directives: options.directives ?? [],
  });
  await writeFile(configFile, config, { mode: 0o600 });
  const extra = await acceptedOptions(sshd, configFile);
  const program = await spawnLogged(sshd, ['-D', '-f', configFile, '-E', logFile, ...extra], { cwd: '/' });
  try {
    await waitForBanner(program, port, logFile);
  } catch (error) {
    await program.stop();
    throw error;
  }
  return new OwnSshd(program, port, hostKeyPublic, logFile, temp);
}

class OwnSshd implements SshServer {
  private finalLog: string | undefined;

  constructor(
    private readonly program: LoggedProgram,
    readonly port: number,
    readonly hostKeyPublic: string,
    private readonly logFile: string,
    private readonly temp: TempFolder,
  ) {}

  isRunning(): boolean {
    return this.program.isRunning();
  }

  async log(): Promise<string> {
    return this.finalLog ?? (await readIfThere(this.logFile)) + this.program.output();
  }

  async stop(): Promise<StoppedProgram> {
    // Sessions are process groups of their own and do not end with the listener: there is nothing to wait for.
    const stopped = await this.program.stop({ graceMs: 300 });
    this.finalLog ??= await this.log();
    await this.temp.remove();
    return stopped;
  }
}

async function makeHostKey(folder: string): Promise<string> {
  const path = join(folder, 'host_ed25519');
  const keygen = findProgram(['ssh-keygen'], 'apt-get install openssh-client');
  await run(keygen, ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', path]);
  return path;
}

async function readPublicKey(privateKeyFile: string): Promise<string> {
  const keygen = findProgram(['ssh-keygen'], 'apt-get install openssh-client');
  const { stdout } = await run(keygen, ['-y', '-f', privateKeyFile]);
  return stdout.trim().split(' ').slice(0, 2).join(' ');
}

/**
 * OpenSSH 9.8 and later shut out addresses with many failed attempts, which on the loopback address is everybody;
 * earlier ones do not know the directive and would not start with it.
 */
async function acceptedOptions(sshd: string, configFile: string): Promise<string[]> {
  const extra = ['-o', 'PerSourcePenalties=no'];
  try {
    await run(sshd, ['-t', '-f', configFile, ...extra]);
    return extra;
  } catch {
    return [];
  }
}

async function isLocked(user: string): Promise<boolean> {
  return isLockedAccount(await readIfThere('/etc/shadow'), user);
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return '';
  }
}

async function waitForBanner(program: LoggedProgram, port: number, logFile: string): Promise<void> {
  const banner = await waitFor(
    `the banner of sshd on port ${port}`,
    async () => (program.isRunning() ? readBanner(port) : 'ended'),
    { timeoutMs: 15_000 },
  );
  if (banner === 'ended') {
    throw new ProgramFailedError(`sshd did not start: ${program.output()}${await readIfThere(logFile)}`);
  }
}

function readBanner(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.setTimeout(2_000, () => socket.destroy());
    socket.once('data', (data) => {
      resolve(data.toString('latin1').startsWith('SSH-2.0-') ? 'banner' : undefined);
      socket.destroy();
    });
    socket.once('error', () => resolve(undefined));
    socket.once('close', () => resolve(undefined));
  });
}
