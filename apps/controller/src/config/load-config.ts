import { resolve } from 'node:path';
import { z } from 'zod';

/** What the controller reads of its environment; the names are the documentation (docs/operations.md). */
const Environment = z.object({
  FLEETCLONE_HOST: z.string().default('127.0.0.1'),
  FLEETCLONE_PORT: z.coerce.number().int().min(1).max(65535).default(4300),
  FLEETCLONE_PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  FLEETCLONE_VAR: z.string().min(1).default('./var'),
  FLEETCLONE_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  FLEETCLONE_REDIS_PUBLIC_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
});

export interface Config {
  readonly host: string;
  readonly port: number;
  /** Where browsers and agents find the controller. */
  readonly publicUrl: string;
  /** Everything that the controller keeps on disk: the embedded servers' data and its secrets. */
  readonly varFolder: string;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** What agents are told to connect to, without login; unset with the private Redis, which says it itself. */
  readonly redisPublicUrl: string | undefined;
}

/** Kept apart from the configuration, so that printing that one gives nothing away. */
export interface Secrets {
  /** Unset: the embedded PostgreSQL. */
  readonly databaseUrl: string | undefined;
  /** Unset: a private Redis. */
  readonly redisUrl: string | undefined;
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads the environment. Throws a ConfigError that names the variables at fault, never their values. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): {
  config: Config;
  secrets: Secrets;
} {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new ConfigError(`The environment is not usable: ${faults.join('; ')}`);
  }
  const values = parsed.data;
  if (values.REDIS_URL !== undefined && values.FLEETCLONE_REDIS_PUBLIC_URL === undefined) {
    throw new ConfigError(
      'REDIS_URL needs FLEETCLONE_REDIS_PUBLIC_URL beside it: the address, without login, that agents connect to',
    );
  }
  const config: Config = {
    host: values.FLEETCLONE_HOST,
    port: values.FLEETCLONE_PORT,
    publicUrl: (
      values.FLEETCLONE_PUBLIC_URL ?? `http://${urlHost(values.FLEETCLONE_HOST)}:${values.FLEETCLONE_PORT}`
    ).replace(/\/$/, ''),
    varFolder: resolve(values.FLEETCLONE_VAR),
    logLevel: values.FLEETCLONE_LOG_LEVEL,
    redisPublicUrl: values.FLEETCLONE_REDIS_PUBLIC_URL,
  };
  return { config, secrets: { databaseUrl: values.DATABASE_URL, redisUrl: values.REDIS_URL } };
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
