import { waitFor } from '@fleetclone/testing';
import { admitAgent, expelAgent } from './agent-rights';
import { connectAgent } from './connection';
import { UnacceptableOrderError } from './mailbox';
import { Mailroom } from './testkit/mailroom';

jest.setTimeout(60_000);

describe("a mailbox that logs in as its Mac's own agent", () => {
  let room: Mailroom;
  beforeAll(async () => (room = await Mailroom.open()));
  beforeEach(() => room.forgetRefusals());
  afterEach(async () => {
    await room.closeMailboxes();
    await room.controller.flushall();
  });
  afterAll(() => room.close());

  const handled = (orderId: string) => waitFor(`${orderId} to be done`, () => room.isGone(orderId));

  it('reads what lies there, and what comes later at once', async () => {
    await room.order('run-1.1');
    const { read } = room.mailbox();
    await handled('run-1.1');
    const addedAt = performance.now();
    await room.order('run-2.1');
    await waitFor('the second order', () => read.length === 2);
    expect(performance.now() - addedAt).toBeLessThan(1_000);
    await handled('run-2.1');
    expect(read).toEqual(['run-1.1', 'run-2.1']);
    expect(await room.refusals()).toEqual([]);
  });

  it('reads an order once that was added under the same id twice', async () => {
    await room.order('run-1.1');
    await room.order('run-1.1');
    const { read } = room.mailbox();
    await handled('run-1.1');
    await room.order('last');
    await handled('last');
    expect(read).toEqual(['run-1.1', 'last']);
  });

  it('reads an order again after handling it failed, a little later, and needs no more rights for it', async () => {
    let failures = 2;
    const { read, errors } = room.mailbox(() =>
      failures-- > 0 ? Promise.reject(new Error('the journal cannot be written')) : Promise.resolve(),
    );
    await room.order('run-1.1');
    await waitFor('the first failure', () => errors.length === 1);
    expect(await room.isGone('run-1.1')).toBe(false);
    await waitFor('the order to be done', () => room.isGone('run-1.1'), { timeoutMs: 20_000 });
    expect(read).toEqual(['run-1.1', 'run-1.1', 'run-1.1']);
    expect(errors).toEqual(['the journal cannot be written', 'the journal cannot be written']);
    expect(await room.refusals()).toEqual([]);
  });

  it('drops an order that is not acceptable, and one that is none', async () => {
    const { read, errors } = room.mailbox(() =>
      Promise.reject(new UnacceptableOrderError('for another Mac')),
    );
    await room.order('run-1.1');
    await handled('run-1.1');
    await room.queues.add(room.macId, 'run-2.1', {} as { token: string });
    await handled('run-2.1');
    expect(read).toEqual(['run-1.1']);
    expect(errors).toEqual(['for another Mac', 'the order has no token']);
    expect(await room.refusals()).toEqual([]);
  });

  it('reads up to four at once', async () => {
    const orders = ['a', 'b', 'c', 'd', 'e'];
    const hold = holding(...orders);
    const { read } = room.mailbox(hold.handle);
    for (const order of orders) await room.order(order);
    await waitFor('four orders', () => hold.held() === 4);
    hold.release();
    await handled('e');
    expect(read).toEqual(orders);
  });

  it('takes over what another one began and never finished, even while that one comes back', async () => {
    const asleep = holding('run-1.1');
    const sleeper = room.mailbox(asleep.handle);
    await room.order('run-1.1');
    await waitFor('the order to be begun', () => sleeper.read.length === 1);
    // An order is taken over after two looks that find it without the lock of whoever reads it, two minutes apart.
    // Every mailbox looks at its start.
    const lookAsIfMinutesLater = async () => {
      await room.controller.del(room.key('run-1.1:lock'), room.key('stalled-check'));
      return room.mailbox(awake.handle);
    };
    const awake = holding('run-1.1');
    await lookAsIfMinutesLater();
    await waitFor('the first look', () => room.controller.exists(room.key('stalled')));
    await lookAsIfMinutesLater();
    await waitFor('the order to be begun again', () => awake.held() === 1);

    asleep.release(); // both deliveries are being handled at this moment
    await waitFor('the sleeper to learn that it came too late', () => sleeper.errors.length > 0);
    expect(await room.isGone('run-1.1')).toBe(false);
    awake.release();
    await handled('run-1.1');
    await room.order('last');
    await handled('last');
    expect(await room.refusals()).toEqual([]);
  });

  it('works on after Redis forgot the scripts, as soon as they are there again', async () => {
    const { read, errors } = room.mailbox();
    await room.order('before');
    await handled('before');
    await room.controller.script('FLUSH');
    await room.prepare();
    await room.order('idle meanwhile');
    await handled('idle meanwhile');

    await room.controller.script('FLUSH');
    await room.order('too early'); // this loads the scripts of a queue, not those of a mailbox
    await room.prepare();
    await handled('too early');
    expect(read).toEqual(['before', 'idle meanwhile', 'too early']);
    expect(errors).toEqual([]);
  });

  it('asks gently for what Redis refuses, and works when it no longer does', async () => {
    const { read } = room.mailbox();
    await room.order('before');
    await handled('before');
    await room.controller.call('ACL', 'SETUSER', `agent-${room.macId}`, '-evalsha');
    await room.controller.config('RESETSTAT');
    const refusedAt = performance.now();
    await room.order('meanwhile');
    const refused = () => rejectedCalls(room, 'evalsha');
    await waitFor('a second refusal', async () => (await refused()) >= 2);
    expect(await refused()).toBeLessThanOrEqual((performance.now() - refusedAt) / 500 + 1);
    await admitAgent(room.controller, room.agent);
    await handled('meanwhile');
    expect(read).toEqual(['before', 'meanwhile']);
  });

  it('comes back after its agent was locked out and let in again', async () => {
    const { errors } = room.mailbox();
    await waitFor('both connections', async () => (await room.agentConnections()) === 2);
    await expelAgent(room.controller, room.macId);
    expect(await room.agentConnections()).toBe(0);
    await waitFor('a refused login', () => errors.some((error) => error.startsWith('WRONGPASS')));
    await admitAgent(room.controller, room.agent);
    await room.order('run-1.1');
    await handled('run-1.1');
  });

  it("reaches nothing of another Mac's queue", async () => {
    await room.controller.set('fc:agent-mac-10:meta', 'x');
    const agent = connectAgent(room.login);
    await expect(agent.exists(room.key('meta'))).resolves.toBe(0);
    await expect(agent.exists('fc:agent-mac-10:meta')).rejects.toThrow('NOPERM');
    agent.cut();
  });
});

describe('the end of a mailbox', () => {
  let room: Mailroom;
  beforeEach(async () => (room = await Mailroom.open()));
  afterEach(() => room.close());

  it('leaves no connection', async () => {
    const mailbox = room.mailbox();
    await waitFor('both connections', async () => (await room.agentConnections()) === 2);
    await mailbox.stop();
    await waitFor('the connections to be gone', async () => (await room.agentConnections()) === 0);
  });

  it('waits for orders being read, and takes no more', async () => {
    const hold = holding('being read');
    const mailbox = room.mailbox(hold.handle);
    await room.order('being read');
    await waitFor('the order', () => hold.held() === 1);
    const stopped = mailbox.stop();
    await waitFor(
      'the connection that listens to be gone',
      async () => (await room.agentConnections()) === 1,
    );
    await room.order('left for the next');
    hold.release();
    await stopped;
    expect(await room.isGone('being read')).toBe(true);
    expect(await room.isGone('left for the next')).toBe(false);
    expect(mailbox.read).toEqual(['being read']);
  });

  it.each(['that was there before', 'that was never there'])(
    'comes soon without a Redis %s, and nothing comes back later',
    async (which) => {
      if (which === 'that was never there') await room.redis.kill();
      const mailbox = room.mailbox();
      if (which === 'that was there before') {
        await waitFor('both connections', async () => (await room.agentConnections()) === 2);
        await room.redis.kill();
      }
      await waitFor('trouble', () => mailbox.errors.length > 0);
      const askedAt = performance.now();
      await mailbox.stop();
      expect(performance.now() - askedAt).toBeLessThan(2_000);

      await room.redis.restart();
      await room.prepare();
      const next = room.mailbox();
      await room.order('later');
      await waitFor('the order', () => next.read.length === 1);
      expect(await room.agentConnections()).toBe(2);
    },
  );
});

/** A handler that does not return for these orders until it is told to. */
function holding(...orders: readonly string[]) {
  let held = 0;
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  const handle = async (token: string) => {
    if (!orders.includes(token)) return;
    held += 1;
    await released;
  };
  return { handle, release: () => release(), held: () => held };
}

/** How often Redis refused a command for lack of rights since its statistics were reset. */
async function rejectedCalls(room: Mailroom, command: string): Promise<number> {
  const statistics = await room.controller.info('commandstats');
  return Number(new RegExp(`^cmdstat_${command}:.*rejected_calls=(\\d+)`, 'm').exec(statistics)?.[1] ?? 0);
}
