import { createHash } from 'node:crypto';
import { type RedisServer, startRedis, waitFor } from '@fleetclone/testing';
import type { Redis } from 'ioredis';
import { type AgentLogin, prepareRedis } from '../agent-rights';
import { type AgentQueueLogin, connectController } from '../connection';
import { type Mailbox, startMailbox } from '../mailbox';
import { agentQueueName, agentUserName, queuePrefix } from '../names';
import { OrderQueues } from '../order-queues';

const macId = 'mac-1';
const password = 'of the queue';
const passwordSha256 = createHash('sha256').update(password).digest('hex');

/** One mailbox under test: what it read, and what it told of. */
export interface OpenMailbox extends Mailbox {
  /** Tokens in the order in which handling began. */
  readonly read: readonly string[];
  readonly errors: readonly string[];
}

/** A real Redis, the controller's side of it, and mailboxes that log in as one Mac's own agent. */
export class Mailroom {
  private readonly opened: Mailbox[] = [];

  private constructor(
    readonly redis: RedisServer,
    /** The controller's connection. */
    readonly controller: Redis,
    readonly queues: OrderQueues,
  ) {}

  static async open(): Promise<Mailroom> {
    const redis = await startRedis();
    const controller = connectController(redis.url);
    controller.on('error', () => undefined);
    const room = new Mailroom(redis, controller, new OrderQueues(controller, () => undefined));
    await room.prepare();
    return room;
  }

  readonly macId = macId;
  readonly agent: AgentLogin = { macId, passwordSha256 };

  get login(): AgentQueueLogin {
    return { url: `redis://127.0.0.1:${this.redis.port}`, username: agentUserName(macId), password };
  }

  /** As the controller does at every connect. */
  async prepare(): Promise<void> {
    await waitFor('the controller to be connected', () => this.queues.isReady);
    await prepareRedis(this.controller, [this.agent]);
  }

  mailbox(handle: (token: string) => Promise<void> = () => Promise.resolve()): OpenMailbox {
    const read: string[] = [];
    const errors: string[] = [];
    const mailbox = startMailbox({
      macId,
      login: this.login,
      handle: (token) => {
        read.push(token);
        return handle(token);
      },
      onError: (error) => errors.push(error.message),
    });
    this.opened.push(mailbox);
    return { ...mailbox, read, errors };
  }

  /** Adds an order whose token is its id. */
  async order(orderId: string): Promise<void> {
    await this.queues.add(macId, orderId, { token: orderId });
  }

  async isGone(orderId: string): Promise<boolean> {
    return !(await this.queues.has(macId, orderId));
  }

  /** The full name of a Redis key of the Mac's queue. */
  key(name: string): string {
    return `${queuePrefix}:${agentQueueName(macId)}:${name}`;
  }

  /** Connections of the agent that Redis holds. */
  async agentConnections(): Promise<number> {
    const clients = (await this.controller.client('LIST')) as string;
    return clients.split('\n').filter((line) => line.includes(` user=${agentUserName(macId)} `)).length;
  }

  /** What Redis refused since `forgetRefusals`, as `reason object`. */
  async refusals(): Promise<readonly string[]> {
    const log = (await this.controller.call('ACL', 'LOG')) as readonly (readonly unknown[])[];
    return log.map((entry) => [field(entry, 'reason'), field(entry, 'object')].join(' '));
  }

  async forgetRefusals(): Promise<void> {
    await this.controller.call('ACL', 'LOG', 'RESET');
  }

  async closeMailboxes(): Promise<void> {
    await Promise.all(this.opened.splice(0).map((mailbox) => mailbox.stop()));
  }

  async close(): Promise<void> {
    await this.closeMailboxes();
    await this.queues.close();
    this.controller.disconnect();
    await this.redis.stop();
  }
}

/** Redis lists an entry's fields as name, value, name, value. */
function field(entry: readonly unknown[], name: string): string {
  return String(entry[entry.indexOf(name) + 1]);
}
