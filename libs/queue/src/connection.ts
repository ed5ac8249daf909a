import { Redis } from 'ioredis';
import { EvalShaRedis } from './eval-sha-redis';

/** Full jitter: a random delay up to a bound that doubles, so that a fleet does not come back all at once. In milliseconds. */
export function fullJitter(attempt: number, capMs: number, random: () => number = Math.random): number {
  return Math.ceil(random() * Math.min(capMs, 250 * 2 ** Math.min(attempt, 16)));
}

/**
 * How long an agent waits before it connects again, in milliseconds: anywhere within 5 s for about the first minute
 * (24 attempts of 2.5 s on average), then within 10, 20, 40 and at most 60 s.
 *
 * A window that doubles from the start is about as long as Redis has been away already, and an agent is only back
 * when both its connections are: after three seconds without Redis that took up to nine more. It also begins too
 * short: after a break of a moment a whole fleet would come within the first half second. Five seconds are enough
 * for 1,000 agents (2,000 TLS handshakes of about 2.4 ms each keep one core busy that long). Of a larger fleet the
 * kernel drops what Redis cannot accept, and every agent tries again at a moment of its own, not in step with others.
 */
export function agentReconnectDelay(attempt: number, random: () => number = Math.random): number {
  const windowMs = Math.min(60_000, 5_000 * 2 ** Math.max(0, Math.min(attempt, 40) - 24));
  return Math.ceil(random() * windowMs);
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

/**
 * An agent's connection: no INFO, no EVAL, and patient. A refused login (WRONGPASS) is a failed attempt like any
 * other and never the end: a Redis that came back empty knows no agent until the controller has set their rights.
 */
export function connectAgent(login: AgentQueueLogin): EvalShaRedis {
  return new EvalShaRedis({
    ...parseRedisUrl(login.url),
    username: login.username,
    password: login.password,
    enableReadyCheck: false,
    // CLIENT SETINFO, which Redis knows from 7.2 on: two refusals in its log for every connection.
    disableClientInfo: true,
    maxRetriesPerRequest: null,
    keepAlive: 60_000,
    // ioredis holds a timer of this length after every disconnect, and with it a process that wants to end.
    disconnectTimeout: 500,
    retryStrategy: (attempt) => agentReconnectDelay(attempt),
  });
}
