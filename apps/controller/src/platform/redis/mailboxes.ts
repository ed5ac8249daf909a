import { admitAgent, type AgentLogin, connectController, OrderQueues, prepareRedis } from '@fleetclone/queue';
import type { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { Subject } from 'rxjs';

/**
 * The controller's side of Redis. At every connect it loads the workers' scripts and sets every agent's rights again: Redis forgets
 * both, and may come back empty.
 */
export class Mailboxes {
  private readonly redis: Redis;
  private readonly queues: OrderQueues;
  private isPrepared = false;
  private readonly readySubject = new Subject<void>();

  /** Fires whenever Redis is ready again; what it held may be gone. */
  readonly ready = this.readySubject.asObservable();

  constructor(
    url: string,
    private readonly readAgents: () => Promise<AgentLogin[]>,
    private readonly logger: Logger,
  ) {
    this.redis = connectController(url);
    this.queues = new OrderQueues(this.redis, (err) => logger.warn({ err }, 'order queue'));
    this.redis.on('error', (err: Error) => logger.warn({ err }, 'Redis connection'));
    this.redis.on('close', () => (this.isPrepared = false));
    this.redis.on('ready', () => void this.prepare());
  }

  /** The queues, or null while Redis is away. */
  whenReady(): OrderQueues | null {
    return this.isPrepared && this.redis.status === 'ready' ? this.queues : null;
  }

  async isAlive(): Promise<boolean> {
    if (this.redis.status !== 'ready') return false;
    await this.redis.ping();
    return true;
  }

  /** Lets a newly enrolled agent in. With Redis away it is let in at the next connect, like all others. */
  async admit(agent: AgentLogin): Promise<void> {
    if (this.redis.status === 'ready') await admitAgent(this.redis, agent);
  }

  async close(): Promise<void> {
    this.readySubject.complete();
    if (this.redis.status === 'ready') await this.queues.close();
    this.redis.disconnect();
  }

  private async prepare(): Promise<void> {
    try {
      await prepareRedis(this.redis, await this.readAgents());
      this.isPrepared = true;
      this.readySubject.next();
    } catch (err) {
      this.logger.error({ err }, 'Redis cannot be prepared; trying again with a new connection');
      setTimeout(() => this.redis.disconnect(true), 2_000).unref();
    }
  }
}
