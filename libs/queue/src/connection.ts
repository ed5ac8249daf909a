import { Redis } from 'ioredis';
import { EvalShaRedis } from './eval-sha-redis';

/** Full jitter: a random delay up to a bound that doubles, so that a fleet does not come back all at once. In milliseconds. */
export function fullJitter(attempt: number, capMs: number, random: () => number = Math.random): number {
  return Math.ceil(random() * Math.min(capMs, 250 * 2 ** Math.min(attempt, 16)));
}

/** What an agent connects with. */
export interface AgentQueueLogin {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

interface RedisAddress {
  readonly host: string;
  readonly port: number;
  readonly db?: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: { readonly servername: string; readonly minVersion: 'TLSv1.2' };
}

/** Reads a `redis://` or `rediss://` address. */
export function parseRedisUrl(url: string): RedisAddress {
  const parsed = new URL(url);
  if (parsed.protocol !== 'redis:' && parsed.protocol !== 'rediss:') {
    throw new TypeError('a Redis address begins with redis:// or rediss://');
  }
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? 6379 : Number(parsed.port),
    ...(parsed.pathname.length > 1 && { db: Number(parsed.pathname.slice(1)) }),
    ...(parsed.protocol === 'rediss:' && { tls: { servername: parsed.hostname, minVersion: 'TLSv1.2' } }),
    ...(parsed.username !== '' && { username: decodeURIComponent(parsed.username) }),
    ...(parsed.password !== '' && { password: decodeURIComponent(parsed.password) }),
  };
}

/** The controller's connection. Commands fail at once while Redis is away: PostgreSQL keeps what must not be lost. */
export function connectController(url: string): Redis {
  return new Redis({
    ...parseRedisUrl(url),
    connectionName: 'fleetclone-controller',
    maxRetriesPerRequest: null,
    enableOfflineQueue: false,
    retryStrategy: (attempt) => Math.min(2_000, 100 * attempt),
  });
}

/** An agent's connection: no INFO, no EVAL, and patient. */
export function connectAgent(login: AgentQueueLogin): Redis {
  return new EvalShaRedis({
    ...parseRedisUrl(login.url),
    username: login.username,
    password: login.password,
    enableReadyCheck: false,
    maxRetriesPerRequest: null,
    keepAlive: 60_000,
    retryStrategy: (attempt) => fullJitter(attempt, 60_000),
  });
}
