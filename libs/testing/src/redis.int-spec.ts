import { existsSync } from 'node:fs';
import { Redis } from 'ioredis';
import { type RedisServer, startRedis } from './redis';

const clients: Redis[] = [];
// ioredis holds a timer of this length after every disconnect, on which Jest would wait.
const disconnectTimeout = 100;
const connect = (url: string) => {
  const client = new Redis(url, {
    lazyConnect: true,
    disconnectTimeout,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  client.on('error', () => undefined);
  clients.push(client);
  return client;
};

describe('startRedis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterEach(() => {
    for (const client of clients.splice(0)) client.disconnect();
  });
  afterAll(async () => {
    await server.stop();
    expect(existsSync(server.folder)).toBe(false);
  });

  it('lets the administrator in and nobody without the password', async () => {
    await expect(connect(server.url).set('a', '1')).resolves.toBe('OK');
    await expect(connect(`redis://127.0.0.1:${server.port}`).get('a')).rejects.toThrow(/NOAUTH/);
    await expect(connect(`redis://controller:wrong@127.0.0.1:${server.port}`).get('a')).rejects.toThrow();
  });

  it('never evicts and keeps an append-only file', async () => {
    const client = connect(server.url);
    await expect(client.config('GET', 'maxmemory-policy')).resolves.toEqual([
      'maxmemory-policy',
      'noeviction',
    ]);
    await expect(client.config('GET', 'appendonly')).resolves.toEqual(['appendonly', 'yes']);
  });

  it('replays transactions and scripts after a crash', async () => {
    const client = connect(server.url);
    for (let n = 0; n < 50; n += 1) await client.multi().set(`m${n}`, 'x').rpush('list', n).exec();
    await client.eval(
      `redis.call('SET', KEYS[1], '1') redis.call('RPUSH', KEYS[2], 'last')`,
      2,
      'script',
      'list',
    );

    await server.kill();
    await server.restart();

    const again = connect(server.url);
    await expect(again.llen('list')).resolves.toBe(51);
    await expect(again.get('m49')).resolves.toBe('x');
    await expect(again.get('script')).resolves.toBe('1');
  });

  it('comes back empty on the same port when its disk is lost', async () => {
    await connect(server.url).set('kept', 'x');
    await server.restartEmpty();
    await expect(connect(server.url).dbsize()).resolves.toBe(0);
  });

  it('runs beside another one, and keeps its folder when asked to', async () => {
    const first = await startRedis({ folder: `${server.folder}/second`, keep: true });
    await connect(first.url).set('k', 'v');
    await first.stop();
    expect(existsSync(first.folder)).toBe(true);

    const second = await startRedis({ folder: first.folder });
    await expect(connect(second.url).get('k')).resolves.toBe('v');
    await second.stop();
    expect(existsSync(first.folder)).toBe(false);
  });

  it('says why it cannot start', async () => {
    await expect(startRedis({ port: server.port })).rejects.toThrow(/Address already in use/);
  });
});
