import {
  extendLock,
  extendLocks,
  getRateLimitTtl,
  moveJobFromActiveToWait,
  moveStalledJobsToWait,
  moveToActive,
  moveToDelayed,
  moveToFinished,
  releaseLock,
  retryJob,
  saveStacktrace,
} from 'bullmq/dist/cjs/scripts';
import type { Redis } from 'ioredis';
import { agentKeyPattern, agentUserName } from './names';

/** Scripts that a BullMQ worker may run; the rest belong to queues, which only the controller has. */
export const workerScripts = [
  extendLock,
  extendLocks,
  getRateLimitTtl,
  moveJobFromActiveToWait,
  moveStalledJobsToWait,
  moveToActive,
  moveToDelayed,
  moveToFinished,
  releaseLock,
  retryJob,
  saveStacktrace,
];

/**
 * Redis commands that those scripts, and a worker's own calls, need. Commands inside a script need the caller's rights. A test
 * derives the list from BullMQ's scripts, so that an upgrade cannot change it unnoticed.
 */
export const agentCommands = [
  'bzpopmin',
  'del',
  'evalsha',
  'exists',
  'get',
  'hdel',
  'hexists',
  'hget',
  'hgetall',
  'hincrby',
  'hmget',
  'hmset',
  'hset',
  'incr',
  'llen',
  'lpush',
  'lrange',
  'lrem',
  'ltrim',
  'pexpire',
  'pttl',
  'rpoplpush',
  'rpush',
  'sadd',
  'scard',
  'set',
  'smembers',
  'srem',
  'xadd',
  'xtrim',
  'zadd',
  'zcard',
  'zpopmin',
  'zrange',
  'zrangebyscore',
  'zrem',
  'zremrangebyrank',
  'zremrangebyscore',
  'zrevrange',
  'zrevrangebyscore',
  'zscore',
] as const;

/** Arguments of ACL SETUSER for one Mac's agent: its own keys, no EVAL, no channels, nothing administrative. */
export function agentAclRule(macId: string, passwordSha256: string): string[] {
  return [
    agentUserName(macId),
    'reset',
    'on',
    `#${passwordSha256}`,
    `~${agentKeyPattern(macId)}`,
    'resetchannels',
    '-@all',
    '+client|setname',
    ...agentCommands.map((command) => `+${command}`),
  ];
}

/** Who may connect: an agent's Mac and the SHA-256 (hex) of its queue password. */
export interface AgentLogin {
  readonly macId: string;
  readonly passwordSha256: string;
}

/** Loads the workers' scripts and sets the agents' rights. Redis forgets both when it restarts, so this runs at every connect. */
export async function prepareRedis(redis: Redis, agents: readonly AgentLogin[]): Promise<void> {
  for (const script of workerScripts) await redis.script('LOAD', script.content);
  for (const agent of agents) await admitAgent(redis, agent);
}

/** Lets one agent in, with exactly its own rights. */
export async function admitAgent(redis: Redis, agent: AgentLogin): Promise<void> {
  const [user, ...rules] = agentAclRule(agent.macId, agent.passwordSha256);
  await redis.call('ACL', 'SETUSER', user ?? '', ...rules);
}

/** Takes an agent's rights away and cuts its connections. */
export async function expelAgent(redis: Redis, macId: string): Promise<void> {
  await redis.call('ACL', 'DELUSER', agentUserName(macId));
}
