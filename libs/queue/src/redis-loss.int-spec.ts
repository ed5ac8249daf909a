import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '@fleetclone/testing';
import { Mailroom, type OpenMailbox } from './testkit/mailroom';

jest.setTimeout(60_000);

// An agent is back when both its connections are, each at most five seconds after its last failed attempt; the rest
// is for a busy machine.
const backWithinMs = 8_000;

describe('a mailbox whose Redis', () => {
  let room: Mailroom;
  let mailbox: OpenMailbox;
  beforeEach(async () => {
    room = await Mailroom.open();
    mailbox = room.mailbox();
    await room.order('before');
    await waitFor('the first order', () => room.isGone('before'));
  });
  afterEach(() => room.close());

  const readsAgain = async (orderId: string) => {
    await room.order(orderId);
    await waitFor('the order', () => mailbox.read.includes(orderId), { timeoutMs: backWithinMs });
    await waitFor('its acknowledgement', () => room.isGone(orderId));
  };

  it('was away for some seconds reads again soon', async () => {
    await room.redis.kill();
    await pause(3_000); // long enough for a delay that doubles to have become long
    await room.redis.restart();
    await room.prepare();
    await readsAgain('after');
    expect(mailbox.read).toEqual(['before', 'after']);
  });

  it('came back empty gets over refused logins, and reads again soon after its rights are set', async () => {
    await room.redis.restartEmpty();
    await waitFor('two refused logins', () => refusedLogins(mailbox) >= 2);
    await room.prepare();
    await readsAgain('after');
    await waitFor('both connections', async () => (await room.agentConnections()) === 2);
    await room.forgetRefusals();
    await readsAgain('one more');
    expect(await room.refusals()).toEqual([]);
  });

  it('is restarted again and again keeps one listening connection and one other', async () => {
    for (let round = 1; round <= 2; round += 1) {
      await room.redis.restart();
      await room.prepare();
      await readsAgain(`after ${round}`);
    }
    expect(await room.agentConnections()).toBe(2);
  });
});

const refusedLogins = ({ errors }: OpenMailbox) =>
  errors.filter((error) => error.startsWith('WRONGPASS')).length;
