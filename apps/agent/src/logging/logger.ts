import { pino, type DestinationStream, type Logger } from 'pino';
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
      redact: {
        paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        censor: '[redacted]',
      },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
}
