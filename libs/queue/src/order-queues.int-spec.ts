import { startRedis, type RedisServer, waitFor } from '@fleetclone/testing';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { connectController } from './connection';
import { OrderQueues, RedisAwayError } from './order-queues';

jest.setTimeout(30_000);

describe('the queues of orders', () => {
  let server: RedisServer;
  let redis: Redis;
  let queues: OrderQueues;
  const errors: Error[] = [];
  beforeAll(async () => {
    server = await startRedis();
    redis = connectController(server.url);
    redis.on('error', () => undefined);
    await waitFor('Redis', () => redis.status === 'ready');
  });
  beforeEach(() => (queues = new OrderQueues(redis, (error) => errors.push(error), 3)));
  afterEach(async () => {
    await queues.close();
    expect(errors).toEqual([]);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.stop();
  });

  const add = (macId: string) => queues.add(macId, 'run-1.1', { token: 'token' });

  it('hold an order until it is taken back', async () => {
    expect(await queues.has('mac-1', 'run-1.1')).toBe(false);
    await add('mac-1');
    expect(await queues.has('mac-1', 'run-1.1')).toBe(true);
    expect(await queues.has('mac-2', 'run-1.1')).toBe(false);
    await queues.remove('mac-1', 'run-1.1');
    expect(await queues.has('mac-1', 'run-1.1')).toBe(false);
  });

  it('close the one used least recently beyond their bound, and open it again when it is needed', async () => {
    const close = jest.spyOn(Queue.prototype, 'close');
    const closed = () => close.mock.contexts.map((queue) => (queue as Queue).name);
    for (const macId of ['a', 'b', 'c', 'a', 'd']) await add(macId);
    expect(closed()).toEqual(['agent-b']);
    expect(await queues.has('b', 'run-1.1')).toBe(true);
    expect(closed()).toEqual(['agent-b', 'agent-c']);
    close.mockRestore();
  });

  it('leave no listeners behind on the connection they share', async () => {
    const before = redis.listenerCount('error');
    for (let mac = 0; mac < 50; mac += 1) await add(`mac-${mac}`);
    await queues.close();
    await waitFor('the listeners to be gone', () => redis.listenerCount('error') === before);
  });

  it('fail at once while Redis is away, whether they were used before or not, and tell of trouble once', async () => {
    for (const macId of ['a', 'b', 'c']) await add(macId);
    const told: Error[] = [];
    redis.on('error', (error: Error) => told.push(error));
    await server.kill();
    await waitFor('the loss to be noticed', () => !queues.isReady);
    for (const macId of ['a', 'new']) await expect(add(macId)).rejects.toBeInstanceOf(RedisAwayError);
    await waitFor('some failed attempts', () => told.length >= 3);
    expect(new Set(errors).size).toBe(errors.length);
    expect(errors.length).toBeLessThanOrEqual(told.length);

    await server.restart();
    await waitFor('Redis', () => queues.isReady);
    for (const macId of ['a', 'new']) await add(macId);
    errors.length = 0;
  });
});
