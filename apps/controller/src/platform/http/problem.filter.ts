import { type Problem, problemCodes } from '@fleetclone/contracts';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import { ProblemError } from './problem-error';

/** The one place that turns errors into answers: problem+json (RFC 9457) with a stable code. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    const refusal = asProblemError(error);
    const { status, title }: { status: number; title: string } = problemCodes[refusal.code];
    if (status >= 500) {
      this.logger.error({ err: error, requestId: request.id }, 'request failed');
    }
    if (response.headersSent) {
      response.end();
      return;
    }
    const requestId = response.getHeader('x-request-id');
    const problem: Problem = {
      type: `urn:fleetclone:problem:${refusal.code}`,
      title,
      status,
      code: refusal.code,
      detail: refusal.detail,
      ...(typeof requestId === 'string' && { requestId }),
      ...(refusal.fields.length > 0 && { errors: [...refusal.fields] }),
    };
    response.status(status).type('application/problem+json').send(JSON.stringify(problem));
  }
}

/** Errors of Prisma and `pg` that mean: the database is away. */
const databaseAway = new Set([
  'P1001',
  'P1002',
  'P1008',
  'P1017',
  'P2024',
  'P2028',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
]);

function asProblemError(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const status = statusOf(error);
  if (status === 413)
    return new ProblemError('REQUEST.TOO_LARGE', 'The body is larger than this route takes.');
  if (status === 404)
    return new ProblemError('REQUEST.NOT_FOUND', 'Nothing answers to this method and path.');
  if (status !== undefined && status >= 400 && status < 500) {
    return new ProblemError(
      'REQUEST.MALFORMED',
      error instanceof Error ? error.message : 'The request cannot be read.',
    );
  }
  if (databaseAway.has(codeOf(error))) {
    return new ProblemError(
      'SERVER.UNAVAILABLE',
      'The database does not answer. Nothing was changed; try again in a moment.',
    );
  }
  return new ProblemError('SERVER.ERROR', 'The controller failed; its log says why, under this request id.');
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  // Errors of body-parser carry the status that they ask for.
  return typeof error === 'object' && error !== null && 'status' in error && typeof error.status === 'number'
    ? error.status
    : undefined;
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}
