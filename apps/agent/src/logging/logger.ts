import { pino, type DestinationStream, type Logger } from 'pino';
import { describeError } from '../errors/describe-error';
import type { LogLevel } from '../config/load-environment';

export type { Logger } from 'pino';

const secretFields = ['token', 'agentToken', 'password', 'privateKey', 'key', 'secret', 'authorization'];

/**
 * The agent's log: one JSON object a line. Messages are constant, what varies is in fields; fields that could hold a secret are
 * blanked wherever they stand up to two levels deep.
 */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: serializeError },
      redact: {
        paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        censor: '[redacted]',
      },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
}

/** Errors of libraries carry more than they say: those of ioredis hold the command that failed, AUTH with its password. */
function serializeError(error: unknown): Record<string, unknown> {
  if (typeof error !== 'object' || error === null) return { message: describeError(error) };
  const { name, code, stack } = error as { name?: unknown; code?: unknown; stack?: unknown };
  return { type: name, message: describeError(error), ...(code !== undefined && { code }), stack };
}
