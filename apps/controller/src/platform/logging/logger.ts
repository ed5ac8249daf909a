import type { LoggerService } from '@nestjs/common';
import { type DestinationStream, type Logger, pino } from 'pino';

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
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: {},
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: serializeError },
    redact: {
      paths: [
        ...secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        'req.headers',
        'res.headers',
      ],
      censor: '[redacted]',
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/**
 * Errors of libraries carry more than they say: ioredis' hold the command that failed, AUTH with its password; Prisma's hold the
 * query. So only these fields of an error and of its causes are written.
 */
function serializeError(error: unknown): Record<string, unknown> {
  if (!isErrorLike(error)) return { message: String(error) };
  const { name, message, stack, code, cause } = error;
  return {
    type: name,
    message,
    stack,
    ...(typeof code === 'string' && { code }),
    ...(cause !== undefined && { cause: serializeError(cause) }),
  };
}

interface ErrorLike {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: unknown;
  readonly cause?: unknown;
}

function isErrorLike(error: unknown): error is ErrorLike {
  return typeof error === 'object' && error !== null && 'name' in error && 'message' in error;
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
