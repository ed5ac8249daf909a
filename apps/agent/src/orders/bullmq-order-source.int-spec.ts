import { connectController, OrderQueues, prepareRedis } from '@fleetclone/queue';
import { type RedisServer, startRedis, waitFor } from '@fleetclone/testing';
import { createHash, randomUUID } from 'node:crypto';
import { createLogger } from '../logging/logger';
import { BullmqOrderSource } from './bullmq-order-source';
import { OrderRefusedError } from './order.errors';

const macId = randomUUID();
const password = 'secret';
let redis: RedisServer;
let client: ReturnType<typeof connectController>;
let queues: OrderQueues;

beforeAll(async () => {
  redis = await startRedis();
  client = connectController(redis.url);
  await waitFor('the connection to Redis', () => client.status === 'ready');
  const passwordSha256 = createHash('sha256').update(password).digest('hex');
  await prepareRedis(client, [{ macId, passwordSha256 }]);
  queues = new OrderQueues(client, jest.fn());
});
afterAll(async () => {
  await queues.close();
  client.disconnect();
  await redis.stop();
});

function openSource(lines: string[], maxSilenceMs?: number): BullmqOrderSource {
  return new BullmqOrderSource({
    macId,
    login: { url: `redis://127.0.0.1:${redis.port}`, username: `agent-${macId}`, password },
    log: createLogger('warn', { write: (line: string) => void lines.push(line) }),
    ...(maxSilenceMs !== undefined && { maxSilenceMs, checkEveryMs: 50 }),
  });
}

it('delivers each order, again when its handling failed, and drops what is refused', async () => {
  const source = openSource([]);
  const handled: string[] = [];
  source.start((token) => {
    handled.push(token);
    if (token === 'refused') return Promise.reject(new OrderRefusedError('wrong-key'));
    return handled.filter((other) => other === token).length < 2 && token === 'failing'
      ? Promise.reject(new Error('for a test'))
      : Promise.resolve();
  });

  for (const token of ['good', 'refused', 'failing']) await queues.add(macId, `order-${token}`, { token });
  const isDone = async (): Promise<boolean> => !(await queues.has(macId, 'order-failing'));
  await waitFor('the second try', isDone, { timeoutMs: 15_000 });

  expect(handled.sort()).toEqual(['failing', 'failing', 'good', 'refused']);
  expect(await queues.has(macId, 'order-refused')).toBe(false);
  await source.stop();
}, 30_000);

it('makes a connection that has gone silent anew, and goes on delivering', async () => {
  const lines: string[] = [];
  const source = openSource(lines, 200);
  const handled: string[] = [];
  source.start((token) => {
    handled.push(token);
    return Promise.resolve();
  });
  await waitFor('two new connections', () => lines.filter((line) => line.includes('silent')).length >= 2);

  await queues.add(macId, 'order-late', { token: 'late' });
  await waitFor('the order', () => handled.includes('late'));

  expect(handled).toEqual(['late']);
  await source.stop();
});
