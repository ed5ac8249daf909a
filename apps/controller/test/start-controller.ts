import { chmod } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { makeTempFolder, type RedisServer, startRedis } from '@fleetclone/testing';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { loadConfig } from '../src/config/load-config';
import { createApp } from '../src/create-app';
import { SetupCode } from '../src/people';
import { createLogger } from '../src/platform/logging/logger';
import { Prisma } from '../src/platform/prisma/prisma';
import { startPlatform } from '../src/platform/start-platform';

export interface RunningController {
  readonly app: NestExpressApplication;
  readonly url: string;
  readonly prisma: Prisma;
  readonly redis: RedisServer;
  readonly setupCode: string;
  readonly stop: () => Promise<void>;
}

/** The whole controller in this process, on a real PostgreSQL and a real Redis of its own. */
export async function startController(): Promise<RunningController> {
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    return { ...(await start(undo)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** For `afterAll`: also when `beforeAll` failed. */
export async function stopController(controller: RunningController | undefined): Promise<void> {
  await controller?.stop();
}

async function start(undo: (() => Promise<unknown>)[]): Promise<Omit<RunningController, 'stop'>> {
  const folder = await makeTempFolder('controller');
  undo.push(() => folder.remove());
  // As root, PostgreSQL runs as nobody and has to get in.
  await chmod(folder.path, 0o711);
  const redis = await startRedis();
  undo.push(() => redis.stop());
  const { config, secrets } = loadConfig({
    FLEETCLONE_VAR: join(folder.path, 'var'),
    REDIS_URL: redis.url,
    FLEETCLONE_REDIS_PUBLIC_URL: `redis://127.0.0.1:${redis.port}`,
  });
  const logger = createLogger(process.env['FLEETCLONE_TEST_LOG'] ?? 'silent');
  const fail = (detail: string): never => {
    throw new Error(detail);
  };
  const { platform, stop } = await startPlatform(
    config,
    secrets,
    join(__dirname, '..', 'prisma'),
    logger,
    fail,
  );
  undo.push(stop);
  const app = await createApp(platform, join(folder.path, 'no-console'));
  undo.push(() => app.close());
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return {
    app,
    url: `http://127.0.0.1:${port}`,
    prisma: platform.prisma,
    redis,
    setupCode: app.get(SetupCode).text,
  };
}
