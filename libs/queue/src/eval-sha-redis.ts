import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';

/** BullMQ wraps clients in a proxy, which may only answer for properties that could change. */
const replaceable = { configurable: true, writable: true } as const;

type EvalShaRedisOptions = Omit<RedisOptions, 'replyMapping'>;

/** How long a script may be refused before the caller is told: the controller sets Redis right within seconds of a restart. */
const refusedForMs = 30_000;
const askAgainMs = 500;

/**
 * An ioredis client that runs scripts by their hash only (EVALSHA), never by their text. ioredis sends EVAL on the first use of
 * every script on every socket; an agent has no right to EVAL, because whoever may EVAL may loop for ever in everybody's Redis.
 * The scripts are loaded by the controller; a script not there yet is waited for.
 */
export class EvalShaRedis extends Redis {
  private readonly copies: EvalShaRedis[] = [];

  constructor(options: EvalShaRedisOptions) {
    super(options);
    // BullMQ duplicates a worker's connection to block on the copy, which must be of this kind too.
    Object.defineProperty(this, 'duplicate', {
      value: (override?: Partial<EvalShaRedisOptions>) => {
        const copy = new EvalShaRedis({ ...options, ...override });
        this.copies.push(copy);
        return copy;
      },
      ...replaceable,
    });
  }

  /** Ends this connection and its copies for good; what waits for an answer is refused at once. */
  cut(): void {
    for (const client of [this, ...this.copies].filter(({ status }) => status !== 'end')) {
      // Between two attempts ioredis would leave commands waiting for ever; a connection that is ended in the
      // making refuses them.
      if (client.status === 'reconnecting') client.connect().catch(() => undefined);
      client.disconnect();
    }
  }

  override defineCommand(name: string, definition: { lua: string; numberOfKeys?: number }): void {
    const sha = createHash('sha1').update(definition.lua).digest('hex');
    const keyCount = definition.numberOfKeys === undefined ? [] : [definition.numberOfKeys];
    Object.defineProperty(this, name, {
      value: (...args: unknown[]) =>
        this.runBySha(sha, [...keyCount, ...(args.flat() as (string | number | Buffer)[])]),
      ...replaceable,
    });
  }

  /**
   * Whatever Redis refuses is asked for again for a while: a script that is not loaded yet (NOSCRIPT), data still being read at
   * start-up (LOADING), rights not set yet (NOPERM), no memory (OOM). A worker that were told would ask again at once, thousands
   * of times a second, or leave an order lying for a minute.
   */
  private async runBySha(sha: string, args: (string | number | Buffer)[]): Promise<unknown> {
    const waitUntil = performance.now() + refusedForMs;
    for (;;) {
      try {
        return await this.call('EVALSHA', sha, ...args);
      } catch (error) {
        const isRefusal = error instanceof Error && error.name === 'ReplyError';
        if (!isRefusal || performance.now() > waitUntil) throw error;
        await delay(askAgainMs);
      }
    }
  }
}
