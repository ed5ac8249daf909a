import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import cookieParser from 'cookie-parser';
import express, { type NextFunction, type Request, type Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import { pinoHttp } from 'pino-http';
import { AppModule } from './app.module';
import { describeApi } from './describe-api';
import { ProblemError } from './platform/http/problem-error';
import { ProblemFilter } from './platform/http/problem.filter';
import { validationPipe } from './platform/http/validation';
import { NestLogger } from './platform/logging/logger';
import type { Platform } from './platform/platform.module';

/** Report batches are the largest bodies: 200 log reports of 200 lines would be refused, which agents answer by smaller batches. */
const bodyLimit = '2mb';
/** Tries at a password, a set-up code or an enrolment token, per address and quarter of an hour. */
const maxTries = 30;

/** Builds the HTTP application; it does not listen yet. `webFolder` holds the built console. */
export async function createApp(platform: Platform, webFolder: string): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(platform), {
    logger: new NestLogger(platform.logger),
    bodyParser: false,
    abortOnError: false,
  });
  app.disable('x-powered-by');
  app.set('etag', false);
  useRequestLog(app, platform);
  useProtection(app, platform.config.publicUrl.startsWith('https:'));
  app.use(cookieParser());
  app.useBodyParser('json', { limit: bodyLimit });
  app.useGlobalPipes(validationPipe);
  app.useGlobalFilters(new ProblemFilter(platform.logger));
  describeApi(app);
  useConsole(app, webFolder);
  return app;
}

function useRequestLog(app: NestExpressApplication, platform: Platform): void {
  app.use(
    pinoHttp({
      logger: platform.logger,
      genReqId: (_request, response) => {
        const id = randomUUID();
        response.setHeader('x-request-id', id);
        return id;
      },
      customLogLevel: (_request, response, error) =>
        error !== undefined || response.statusCode >= 500 ? 'error' : 'debug',
      // The path without its query: queries may hold what people typed.
      serializers: {
        req: (request: { id: string; method: string; url: string }) => ({
          id: request.id,
          method: request.method,
          path: request.url.split('?')[0],
        }),
      },
    }),
  );
}

function useProtection(app: NestExpressApplication, isSecure: boolean): void {
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'self'"],
          // Mantine sets sizes and colours by style attributes.
          styleSrc: ["'self'", "'unsafe-inline'"],
          imgSrc: ["'self'", 'data:'],
          objectSrc: ["'none'"],
          baseUri: ["'none'"],
          formAction: ["'self'"],
          frameAncestors: ["'none'"],
        },
      },
      strictTransportSecurity: isSecure,
      crossOriginOpenerPolicy: isSecure,
      originAgentCluster: false,
    }),
  );
  const guessing = rateLimit({
    windowMs: 15 * 60_000,
    limit: maxTries,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    skipSuccessfulRequests: true,
    handler: () => {
      throw new ProblemError(
        'REQUEST.TOO_MANY',
        'Too many failed tries from this address; wait a quarter of an hour.',
      );
    },
  });
  app.use('/api/v1/session', onlyPosts(guessing));
  app.use('/api/v1/setup', onlyPosts(guessing));
  app.use('/api/v1/agent/enrol', onlyPosts(guessing));
}

function onlyPosts(handler: (request: Request, response: Response, next: NextFunction) => unknown) {
  return (request: Request, response: Response, next: NextFunction): void => {
    if (request.method === 'POST') void handler(request, response, next);
    else next();
  };
}

/** The console: its files, and its page for every address that is not the API's. */
function useConsole(app: NestExpressApplication, webFolder: string): void {
  if (!existsSync(join(webFolder, 'index.html'))) return;
  app.use(
    '/assets',
    express.static(join(webFolder, 'assets'), { immutable: true, maxAge: '1y', fallthrough: false }),
  );
  app.use(express.static(webFolder, { index: false }));
  app.use((request: Request, response: Response, next: NextFunction) => {
    const isPage =
      request.method === 'GET' &&
      !/^\/(api|livez|readyz)(\/|$)/.test(request.path) &&
      request.accepts('html') !== false;
    if (!isPage) {
      next();
      return;
    }
    response.setHeader('cache-control', 'no-cache');
    response.sendFile(join(webFolder, 'index.html'));
  });
}
