import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis, type RedisOptions } from 'ioredis';

/** BullMQ wraps clients in a proxy, which may only answer for properties that could change. */
const replaceable = { configurable: true, writable: true } as const;

type EvalShaRedisOptions = Omit<RedisOptions, 'replyMapping'>;

/** How long a script may be missing before the caller is told: the controller loads scripts again within seconds of a Redis restart. */
const scriptWaitMs = 30_000;

/**
 * An ioredis client that runs scripts by their hash only (EVALSHA), never by their text. ioredis sends EVAL on the first use of
 * every script on every socket; an agent has no right to EVAL, because whoever may EVAL may loop for ever in everybody's Redis.
 * The scripts are loaded by the controller; a script not there yet is waited for.
 */
export class EvalShaRedis extends Redis {
  constructor(options: EvalShaRedisOptions) {
    super(options);
    // BullMQ duplicates a worker's connection to block on the copy, which must be of this kind too.
    Object.defineProperty(this, 'duplicate', {
      value: (override?: Partial<EvalShaRedisOptions>) => new EvalShaRedis({ ...options, ...override }),
      ...replaceable,
    });
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

  private async runBySha(sha: string, args: (string | number | Buffer)[]): Promise<unknown> {
    const waitUntil = performance.now() + scriptWaitMs;
    for (;;) {
      try {
        return await this.call('EVALSHA', sha, ...args);
      } catch (error) {
        const isMissing = error instanceof Error && error.message.startsWith('NOSCRIPT');
        if (!isMissing || performance.now() > waitUntil) throw error;
        await delay(500);
      }
    }
  }
}
