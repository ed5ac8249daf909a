import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  findProgram,
  freePort,
  type LoggedProgram,
  makeTempFolder,
  spawnLogged,
  type TempFolder,
} from '@fleetclone/testing';
import { interpolate, parseComposeFile } from './compose-file';

const run = promisify(execFile);
const howToGetIt = 'apt-get install redis-server, or brew install valkey';
const { redis } = parseComposeFile(
  readFileSync(join(__dirname, '..', '..', 'docker-compose.yml'), 'utf8'),
).services;

/** The commands of the container, with a real Redis but without a container: another folder, port and address. */
describe('the Redis of docker-compose.yml', () => {
  let temp: TempFolder;
  let port: number;
  let program: LoggedProgram;
  let env: Record<string, string>;

  beforeAll(async () => {
    temp = await makeTempFolder('compose');
    port = await freePort();
    const bin = join(temp.path, 'bin');
    await mkdir(bin);
    await mkdir(join(temp.path, 'data'));
    for (const name of ['redis-server', 'redis-cli']) {
      const found = findProgram([name, name.replace('redis', 'valkey')], howToGetIt);
      await symlink(found, join(bin, name));
    }
    env = { PATH: `${bin}:/usr/bin:/bin`, REDIS_PASSWORD: 'canary0123456789', LC_ALL: 'C' };
    await start();
  });
  afterAll(async () => {
    await program.stop();
    await temp.remove();
  });

  const here = (script = ''): string => interpolate(script, env).replaceAll('6379', String(port));

  async function start(): Promise<void> {
    const [shell = '', ...options] = redis.entrypoint ?? [];
    const script = here(redis.command?.[0]).replace(/^port /m, 'bind 127.0.0.1\nport ');
    program = await spawnLogged(shell, [...options, script], { env, cwd: join(temp.path, 'data') });
    await program.waitForOutput(/ready to accept connections/i, { timeoutMs: 20_000 });
  }

  async function ask(...args: string[]): Promise<string> {
    const login = { ...env, REDISCLI_AUTH: env['REDIS_PASSWORD'] };
    const { stdout } = await run('redis-cli', ['-p', String(port), '--user', 'controller', ...args], {
      env: login,
    });
    return stdout.trim();
  }

  it('is healthy by its own health check', async () => {
    const [kind, script] = redis.healthcheck.test;

    expect(kind).toBe('CMD-SHELL');
    await expect(run('sh', ['-c', here(script)], { env })).resolves.toBeDefined();
  });

  it('is not healthy to somebody with another password, and lets nobody in without one', async () => {
    const [, script] = redis.healthcheck.test;
    const { stdout } = await run('redis-cli', ['-p', String(port), 'ping'], { env });

    await expect(
      run('sh', ['-c', here(script)], { env: { ...env, REDIS_PASSWORD: 'wrong' } }),
    ).rejects.toBeDefined();
    expect(stdout).toContain('NOAUTH');
  });

  it('lets the controller make users and load scripts, which it does at every connect', async () => {
    expect(
      await ask('ACL', 'SETUSER', 'agent-1', 'reset', 'on', '>x', '~fc:agent-1:*', '-@all', '+get'),
    ).toBe('OK');
    expect(await ask('SCRIPT', 'LOAD', 'return 1')).toMatch(/^[0-9a-f]{40}$/);
  });

  it('is the container’s first process, has all it held after a restart, and no password in its arguments', async () => {
    // A script that writes twice is replayed as a transaction, which is what the default user's rights are about.
    await ask(
      'EVAL',
      "redis.call('SET', KEYS[1], 'lost'); redis.call('SET', KEYS[1], 'kept')",
      '1',
      'fc:order',
    );
    const { stdout: args } = await run('ps', ['-o', 'args=', '-p', String(program.pid)], { env });
    const { killed } = await program.stop();
    await start();

    expect(args).toMatch(/^\S*redis-server/);
    expect(args).not.toContain(env['REDIS_PASSWORD']);
    expect(killed).toBe(0);
    expect(await ask('GET', 'fc:order')).toBe('kept');
  });
});
