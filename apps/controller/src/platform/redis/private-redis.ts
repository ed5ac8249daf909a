import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { endProcess } from '../end-process';

export class PrivateRedisError extends Error {
  override readonly name = 'PrivateRedisError';
}

export interface PrivateRedis {
  /** For the controller, with its login. */
  readonly url: string;
  /** For agents on this machine, without login. */
  readonly publicUrl: string;
  readonly stop: () => Promise<void>;
}

const programs = ['redis-server', 'valkey-server'];
const extraFolders = ['/opt/homebrew/bin', '/usr/local/bin', '/usr/bin'];

/**
 * Starts the machine's redis-server (or valkey-server) as a child, on loopback, with data in `folder`. It is started again whenever
 * it ends by itself: losing it costs delay only. Its port stays the same from start to start, because agents know it.
 * @param password of the controller's user
 * @param onExit hears of every unexpected end
 */
export async function startPrivateRedis(
  folder: string,
  password: string,
  onExit: (detail: string) => void,
): Promise<PrivateRedis> {
  const program = findServer();
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const port = await chosenPort(join(folder, 'port'));
  await stopLeftover(port, password);
  let isStopping = false;
  let child = await startServer(program, folder, port, password);
  let restart: NodeJS.Timeout | undefined;
  const watch = (): void => {
    child.once('exit', (code, signal) => {
      if (isStopping) return;
      onExit(`${program} ended by itself (${signal ?? String(code)})`);
      revive();
    });
  };
  const revive = (): void => {
    restart = setTimeout(() => {
      startServer(program, folder, port, password).then(
        (server) => {
          child = server;
          if (isStopping) child.kill('SIGTERM');
          else watch();
        },
        (error: unknown) => {
          onExit(error instanceof Error ? error.message : String(error));
          if (!isStopping) revive();
        },
      );
    }, 500);
  };
  watch();
  return {
    url: `redis://controller:${encodeURIComponent(password)}@127.0.0.1:${port}`,
    publicUrl: `redis://127.0.0.1:${port}`,
    stop: async () => {
      isStopping = true;
      clearTimeout(restart);
      await endProcess(child, 'SIGTERM');
    },
  };
}

function findServer(): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...extraFolders];
  for (const program of programs) {
    const folder = folders.find((candidate) => existsSync(join(candidate, program)));
    if (folder !== undefined) return join(folder, program);
  }
  throw new PrivateRedisError(
    'No Redis server is installed. Install one (Debian, Ubuntu: apt-get install redis-server; macOS: brew install valkey) or set REDIS_URL.',
  );
}

/** The port of the last start, or a free one at the first. */
async function chosenPort(file: string): Promise<number> {
  if (existsSync(file)) return Number(await readFile(file, 'utf8'));
  const port = await new Promise<number>((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
  await writeFile(file, String(port));
  return port;
}

/**
 * A controller that was killed leaves its server behind. Whoever answers to our password on our port is that server: it is told to
 * end, which writes out what it has.
 */
async function stopLeftover(port: number, password: string): Promise<void> {
  const leftover = new Redis({
    port,
    host: '127.0.0.1',
    username: 'controller',
    password,
    lazyConnect: true,
    retryStrategy: () => null,
  });
  // Refused or cut: the calls below tell.
  leftover.on('error', () => undefined);
  try {
    await leftover.connect();
    await leftover.call('SHUTDOWN', 'NOSAVE');
  } catch {
    // Nobody there, somebody else there (then our server says that the port is taken), or gone before it could answer.
  } finally {
    leftover.disconnect();
  }
  await waitUntilFree(port);
}

/** Gives a server that is ending five seconds to let go of its port; what comes next says so if it does not. */
async function waitUntilFree(port: number): Promise<void> {
  for (let waited = 0; waited < 5_000; waited += 50) {
    const isFree = await new Promise<boolean>((done) => {
      const probe = createServer();
      probe.once('error', () => done(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => done(true)));
    });
    if (isFree) return;
    await delay(50);
  }
}

/** The configuration goes in by standard input: no secret in a file or in argv. */
function configuration(folder: string, port: number, password: string): string {
  const hash = createHash('sha256').update(password).digest('hex');
  return [
    'bind 127.0.0.1',
    `port ${port}`,
    `dir "${folder.replace(/(["\\])/g, '\\$1')}"`,
    'save ""',
    'appendonly yes',
    'appendfsync everysec',
    'maxmemory-policy noeviction',
    'tcp-keepalive 60',
    // Without its rights the default user could not replay the append-only file: everything in it would be lost at a restart.
    'user default off ~* &* +@all',
    `user controller on #${hash} ~* &* +@all`,
    '',
  ].join('\n');
}

async function startServer(
  program: string,
  folder: string,
  port: number,
  password: string,
): Promise<ChildProcess> {
  const child = spawn(program, ['-'], { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'], env: { LC_ALL: 'C' } });
  let output = '';
  await new Promise<void>((done, fail) => {
    const read = (chunk: Buffer): void => {
      output = `${output}${chunk.toString()}`.slice(-4_000);
      if (/Ready to accept connections/i.test(output)) done();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', fail);
    child.once('exit', () =>
      fail(new PrivateRedisError(`${program} did not start on port ${port}: ${output.trim().slice(-500)}`)),
    );
    child.stdin.end(configuration(folder, port, password));
  });
  return child;
}
