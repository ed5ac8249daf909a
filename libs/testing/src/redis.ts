import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from './find-program';
import { freePort } from './free-port';
import { type LoggedProgram, ProgramFailedError, spawnLogged } from './spawn-logged';
import { makeTempFolder, removeTree } from './temp-folder';

export interface StartRedisOptions {
  readonly port?: number;
  /** Where the data lies; made when missing. The default is a temporary folder. */
  readonly folder?: string;
  /** Leave the data folder in place at `stop()`. */
  readonly keep?: boolean;
}

export interface RedisServer {
  /** With the administrator's name and password. */
  readonly url: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly folder: string;
  output(): string;
  /** SIGKILL, as a crash or a power cut of the server: what was on disk stays there. */
  kill(): Promise<void>;
  /** Starts it again on the same port with the data on disk; a running server is killed first. */
  restart(): Promise<void>;
  /** Kills it and starts it again on the same port with nothing in it. */
  restartEmpty(): Promise<void>;
  stop(): Promise<void>;
}

const USERNAME = 'controller';
const START_ATTEMPTS = 5;
const READY = /ready to accept connections/i;
const HOW_TO_GET_IT = 'apt-get install redis-server, or brew install valkey';

/** Starts a private redis-server or valkey-server on 127.0.0.1, durable and password-protected as in production. */
export async function startRedis(options: StartRedisOptions = {}): Promise<RedisServer> {
  const temp = options.folder === undefined ? await makeTempFolder('redis') : undefined;
  const folder = temp?.path ?? options.folder ?? '';
  const removeFolder = async () => {
    if (options.keep !== true) await (temp?.remove() ?? removeTree(folder));
  };
  try {
    for (let attempt = 1; ; attempt += 1) {
      const server = new PrivateRedis(options.port ?? (await freePort()), folder, removeFolder);
      try {
        await server.restart();
        return server;
      } catch (error) {
        // Somebody may have taken the free port in the meantime; another one will do.
        if (options.port !== undefined || attempt === START_ATTEMPTS || !isPortTaken(error)) throw error;
      }
    }
  } catch (error) {
    await temp?.remove();
    throw error;
  }
}

class PrivateRedis implements RedisServer {
  readonly username = USERNAME;
  readonly password = randomBytes(24).toString('base64url');
  readonly url: string;
  private program: LoggedProgram | undefined;

  constructor(
    readonly port: number,
    readonly folder: string,
    private readonly removeFolder: () => Promise<void>,
  ) {
    this.url = `redis://${USERNAME}:${this.password}@127.0.0.1:${port}`;
  }

  output(): string {
    return this.program?.output() ?? '';
  }

  async kill(): Promise<void> {
    await this.program?.kill9();
    await this.program?.stop();
  }

  async restart(): Promise<void> {
    await this.kill();
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const command = findProgram(['redis-server', 'valkey-server'], HOW_TO_GET_IT);
    // An unknown LANG would make Redis 7 refuse to start.
    const env = { ...process.env, LC_ALL: 'C' };
    const program = await spawnLogged(command, ['-'], { env, cwd: this.folder, input: this.config() });
    this.program = program;
    try {
      await program.waitForOutput(READY, { timeoutMs: 30_000 });
    } catch (error) {
      await program.stop();
      throw error;
    }
  }

  async restartEmpty(): Promise<void> {
    await this.kill();
    for (const name of await readdir(this.folder)) await removeTree(join(this.folder, name));
    await this.restart();
  }

  async stop(): Promise<void> {
    await this.program?.stop();
    await this.removeFolder();
  }

  /** Goes in by standard input, so that not even the password's hash is in a file or in the process list. */
  private config(): string {
    const passwordHash = createHash('sha256').update(this.password).digest('hex');
    return [
      'bind 127.0.0.1',
      `port ${this.port}`,
      `dir ${JSON.stringify(this.folder)}`,
      'save ""',
      'appendonly yes',
      'appendfsync everysec',
      'maxmemory-policy noeviction',
      // "off" alone would leave this user without rights, and the append-only file is replayed as this user:
      // every transaction in it would be refused, and the server would come up nearly empty.
      'user default off ~* &* +@all',
      `user ${USERNAME} on #${passwordHash} ~* &* +@all`,
      '',
    ].join('\n');
  }
}

function isPortTaken(error: unknown): boolean {
  return error instanceof ProgramFailedError && /address already in use/i.test(error.message);
}
