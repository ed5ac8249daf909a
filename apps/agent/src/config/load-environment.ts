import { z } from 'zod';

const LogLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']);
export type LogLevel = z.infer<typeof LogLevel>;

/** What the environment says. The enrolment token is a secret and only for `enroll`. */
export interface AgentEnvironment {
  readonly logLevel: LogLevel;
  readonly enrolToken: string | undefined;
}

/** An environment variable has a value that means nothing; the message names it, never its value. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

/** Reads the variables that the agent knows; everything else is ignored. */
export function loadEnvironment(env: Readonly<Record<string, string | undefined>>): AgentEnvironment {
  const level = LogLevel.safeParse(env['FLEETCLONE_LOG_LEVEL'] ?? 'info');
  if (!level.success) {
    throw new EnvironmentError(`FLEETCLONE_LOG_LEVEL must be one of ${LogLevel.options.join(', ')}`);
  }
  const token = env['FLEETCLONE_ENROL_TOKEN']?.trim();
  return { logLevel: level.data, enrolToken: token === '' ? undefined : token };
}
