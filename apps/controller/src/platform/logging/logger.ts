import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';

export type { Logger } from 'pino';

/** Fields that never reach a log, at whatever depth they usually stand. */
const secretFields = [
  'password',
  'token',
  'code',
  'authorization',
  'cookie',
  'agentToken',
  'queuePassword',
  'databaseUrl',
  'redisUrl',
];

/** The controller's logger: JSON lines on standard output. */
export function createLogger(level: string): Logger {
  return pino({
    level,
    base: {},
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: {
      paths: [
        ...secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        'req.headers',
        'res.headers',
      ],
      censor: '[redacted]',
    },
  });
}

/** Nest's own messages, through the same logger. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }
  warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, String(message));
  }
  error(message: unknown, stack?: string, context?: string): void {
    this.logger.error({ context, stack }, String(message));
  }
}
