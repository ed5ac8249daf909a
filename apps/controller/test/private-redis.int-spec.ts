import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { makeTempFolder, type TempFolder, waitFor } from '@fleetclone/testing';
import { Redis } from 'ioredis';
import { startPrivateRedis } from '../src/platform/redis/private-redis';

describe('the private Redis', () => {
  let folder: TempFolder;

  beforeEach(async () => {
    folder = await makeTempFolder('private-redis');
  });

  afterEach(() => folder.remove());

  const connect = (url: string) => new Redis(url, { disconnectTimeout: 100 });

  it('keeps its port and its data from start to start, and lets nobody in without the password', async () => {
    const first = await startPrivateRedis(folder.path, 'secret', () => undefined);
    const one = connect(first.url);
    await one.multi().set('key', 'value').exec();
    one.disconnect();
    await first.stop();
    const second = await startPrivateRedis(folder.path, 'secret', () => undefined);
    const other = connect(second.url);
    const stranger = new Redis(second.publicUrl, { retryStrategy: () => null, disconnectTimeout: 100 });
    stranger.on('error', () => undefined);

    expect(second.url).toBe(first.url);
    expect(await other.get('key')).toBe('value');
    await expect(stranger.get('key')).rejects.toThrow();

    other.disconnect();
    stranger.disconnect();
    await second.stop();
  });

  it('takes over from the server that a killed controller left behind', async () => {
    const abandoned = await startPrivateRedis(folder.path, 'secret', () => undefined);
    const redis = connect(abandoned.url);
    await redis.set('key', 'value');
    redis.disconnect();

    const heir = await startPrivateRedis(folder.path, 'secret', () => undefined);
    const client = connect(heir.url);

    expect(await client.get('key')).toBe('value');
    client.disconnect();
    await abandoned.stop();
    await heir.stop();
  });

  it('is started again when it dies', async () => {
    const deaths: string[] = [];
    const server = await startPrivateRedis(folder.path, 'secret', (detail) => deaths.push(detail));
    const redis = connect(server.url);
    redis.on('error', () => undefined);
    const pid = /process_id:(\d+)/.exec(await redis.info('server'))?.[1];
    process.kill(Number(pid), 'SIGKILL');

    await waitFor(
      'another server',
      async () => /process_id:(\d+)/.exec(await redis.info('server'))?.[1] !== pid,
    );

    expect(deaths).toEqual([expect.stringContaining('SIGKILL')]);
    redis.disconnect();
    await server.stop();
  });

  it('says so when its port is somebody else’s', async () => {
    const first = await startPrivateRedis(folder.path, 'secret', () => undefined);
    await first.stop();
    const port = Number(await readFile(join(folder.path, 'port'), 'utf8'));
    const squatter = createServer((socket) => socket.end()).listen(port, '127.0.0.1');
    await once(squatter, 'listening');

    await expect(startPrivateRedis(folder.path, 'secret', () => undefined)).rejects.toThrow(
      /Address already in use/i,
    );
    squatter.close();
  }, 20_000);

  it('shows its password in no command line', async () => {
    const server = await startPrivateRedis(folder.path, 'a-planted-canary', () => undefined);
    const ps = spawn('ps', ['-eo', 'args'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const chunks: Buffer[] = [];
    ps.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(ps, 'close');

    expect(Buffer.concat(chunks).toString()).toContain('redis-server');
    expect(Buffer.concat(chunks).toString()).not.toContain('a-planted-canary');
    await server.stop();
  });
});
