import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, type PoolConfig } from 'pg';
import type { Logger } from 'pino';
import type { Config, Secrets } from '../config/load-config';
import { Announcements } from './live/announcements';
import type { Platform } from './platform.module';
import { startEmbeddedPostgres } from './postgres/embedded-postgres';
import { migrateDatabase } from './prisma/database';
import { Prisma } from './prisma/prisma';
import { Mailboxes } from './redis/mailboxes';
import { startPrivateRedis } from './redis/private-redis';
import { loadControllerKeys } from './secrets';

const databaseName = 'fleetclone';

/** Starts, or connects to, everything that the application stands on. `stop` undoes it in reverse, also when only half was started. */
export async function startPlatform(
  config: Config,
  secrets: Secrets,
  prismaFolder: string,
  logger: Logger,
  onFatal: (detail: string) => void,
): Promise<{ platform: Platform; stop: () => Promise<void> }> {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (let undo = stops.pop(); undo !== undefined; undo = stops.pop()) await undo();
  };
  try {
    await mkdir(config.varFolder, { recursive: true });
    const keys = await loadControllerKeys(config.varFolder);
    const pool = await openDatabase(config, secrets, stops, onFatal);
    const applied = await migrateDatabase(pool, prismaFolder);
    if (applied.length > 0) logger.info({ event: 'database.migrated', applied }, 'database migrated');
    const prisma = new Prisma(pool);
    stops.push(() => prisma.$disconnect());
    const installation = await prisma.installation.upsert({ where: { id: 1 }, create: {}, update: {} });
    const redis = await openRedis(config, secrets, keys.redisPassword, stops, logger);
    const mailboxes = new Mailboxes(redis.url, () => readAgents(prisma), logger);
    stops.push(() => mailboxes.close());
    const announcements = new Announcements(pool, logger);
    stops.push(() => announcements.close());
    await announcements.open();
    return {
      platform: {
        config,
        logger,
        prisma,
        mailboxes,
        announcements,
        keys,
        installation,
        queuePublicUrl: redis.publicUrl,
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openDatabase(
  config: Config,
  secrets: Secrets,
  stops: (() => Promise<void>)[],
  onFatal: (detail: string) => void,
): Promise<PoolConfig> {
  if (secrets.databaseUrl !== undefined) return { connectionString: secrets.databaseUrl, max: 20 };
  const postgres = await startEmbeddedPostgres(join(config.varFolder, 'postgres'), onFatal);
  stops.push(() => postgres.stop());
  const pool = { host: postgres.socketFolder, user: postgres.user, max: 20 };
  await createDatabase(pool);
  return { ...pool, database: databaseName };
}

async function createDatabase(pool: PoolConfig): Promise<void> {
  const client = new Client({ ...pool, database: 'postgres' });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [databaseName]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${databaseName}`);
  } finally {
    await client.end();
  }
}

async function openRedis(
  config: Config,
  secrets: Secrets,
  password: string,
  stops: (() => Promise<void>)[],
  logger: Logger,
): Promise<{ url: string; publicUrl: string }> {
  if (secrets.redisUrl !== undefined && config.redisPublicUrl !== undefined) {
    return { url: secrets.redisUrl, publicUrl: config.redisPublicUrl };
  }
  const redis = await startPrivateRedis(join(config.varFolder, 'redis'), password, (detail) =>
    logger.error({ detail }, 'private Redis'),
  );
  stops.push(() => redis.stop());
  return { url: redis.url, publicUrl: config.redisPublicUrl ?? redis.publicUrl };
}

async function readAgents(prisma: Prisma): Promise<{ macId: string; passwordSha256: string }[]> {
  const macs = await prisma.mac.findMany({ select: { id: true, queuePasswordHash: true } });
  return macs.map((mac) => ({ macId: mac.id, passwordSha256: mac.queuePasswordHash }));
}
