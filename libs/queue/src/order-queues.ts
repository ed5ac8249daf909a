import { type OrderJob } from '@fleetclone/contracts';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { agentQueueName, queuePrefix } from './names';

/** Redis does not answer at the moment; PostgreSQL keeps what was to be sent. */
export class RedisAwayError extends Error {
  override readonly name = 'RedisAwayError';
}

/** Puts orders into the agents' mailboxes. While Redis is away everything fails at once. */
export class OrderQueues {
  private readonly open = new Map<string, Queue<OrderJob>>();
  private readonly reported = new WeakSet<Error>();

  /**
   * @param onError hears of connection trouble, which BullMQ reports beside the call that failed
   * @param maxOpen queues are cheap but not free; beyond this many the one used least recently is closed
   */
  constructor(
    private readonly redis: Redis,
    private readonly onError: (error: Error) => void,
    private readonly maxOpen = 1_000,
  ) {}

  /** True while Redis answers; adding is only worth trying then. */
  get isReady(): boolean {
    return this.redis.status === 'ready';
  }

  /** Adds an order under its id (no colon, not a bare number). Adding an id that is still in the queue changes nothing. */
  async add(macId: string, orderId: string, job: OrderJob): Promise<void> {
    await this.queueOf(macId).add('order', job, { jobId: orderId });
  }

  /** Whether an order is still in the Mac's queue, waiting or being read. */
  async has(macId: string, orderId: string): Promise<boolean> {
    return (await this.queueOf(macId).getJob(orderId)) !== undefined;
  }

  /** Takes an order back if the agent has not begun to read it. */
  async remove(macId: string, orderId: string): Promise<void> {
    await this.queueOf(macId).remove(orderId);
  }

  async close(): Promise<void> {
    await Promise.all([...this.open.values()].map((queue) => queue.close()));
    this.open.clear();
  }

  private queueOf(macId: string): Queue<OrderJob> {
    // A queue opened now would wait for Redis instead of failing.
    if (!this.isReady) throw new RedisAwayError('Redis does not answer');
    const known = this.open.get(macId);
    this.open.delete(macId);
    const queue = known ?? this.openQueue(macId);
    this.open.set(macId, queue);
    const [oldest] = this.open.keys();
    if (this.open.size > this.maxOpen && oldest !== undefined) {
      void this.open.get(oldest)?.close().catch(this.report);
      this.open.delete(oldest);
    }
    return queue;
  }

  private openQueue(macId: string): Queue<OrderJob> {
    const queue = new Queue<OrderJob>(agentQueueName(macId), {
      connection: this.redis,
      prefix: queuePrefix,
      streams: { events: { maxLen: 20 } },
      defaultJobOptions: {
        attempts: 5,
        backoff: { type: 'exponential', delay: 2_000, jitter: 0.5 },
        removeOnComplete: true,
        removeOnFail: true,
      },
    });
    queue.on('error', this.report);
    return queue;
  }

  /** Every open queue tells of the same trouble of the one connection. */
  private readonly report = (error: Error): void => {
    if (this.reported.has(error)) return;
    this.reported.add(error);
    this.onError(error);
  };
}
