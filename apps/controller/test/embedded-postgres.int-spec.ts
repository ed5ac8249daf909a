import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempFolder, type TempFolder } from '@fleetclone/testing';
import { Client } from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/platform/postgres/embedded-postgres';
import { migrateDatabase } from '../src/platform/prisma/database';
import { diffToSchema } from '../src/platform/prisma/schema-engine';

const prismaFolder = join(__dirname, '..', 'prisma');

jest.setTimeout(60_000);

describe('the embedded PostgreSQL', () => {
  let folder: TempFolder;
  const started: EmbeddedPostgres[] = [];

  beforeAll(async () => {
    folder = await makeTempFolder('postgres');
    // As root, PostgreSQL runs as nobody and has to get in.
    await chmod(folder.path, 0o711);
  });

  afterAll(async () => {
    for (const server of started) await server.stop();
    await folder.remove();
  });

  const start = async (name: string, onExit: (detail: string) => void = () => undefined) => {
    const server = await startEmbeddedPostgres(join(folder.path, name), onExit);
    started.push(server);
    return server;
  };
  const poolOf = (server: EmbeddedPostgres) => ({
    host: server.socketFolder,
    user: server.user,
    database: 'postgres',
  });
  const query = async (server: EmbeddedPostgres, sql: string) => {
    const client = new Client(poolOf(server));
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(sql);
    await client.end();
    return rows;
  };

  it('keeps what was committed from start to start, and listens on no network', async () => {
    const first = await start('kept');
    await query(first, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.stop();
    const second = await start('kept');

    expect(await query(second, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(await query(second, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '' }]);
  });

  it('takes over from a server that a killed controller left behind', async () => {
    const ends: string[] = [];
    const abandoned = await start('abandoned', (detail) => ends.push(detail));
    await query(abandoned, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const heir = await start('abandoned');

    expect(await query(heir, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(ends).toEqual([expect.stringContaining('PostgreSQL ended by itself')]);
  });

  it('is migrated by several controllers at once, each migration once, and ends at the schema', async () => {
    const server = await start('migrated');
    const pool = poolOf(server);

    const applied = await Promise.all([
      migrateDatabase(pool, prismaFolder),
      migrateDatabase(pool, prismaFolder),
    ]);

    expect(applied.map((names) => names.length).sort()).toEqual([0, expect.any(Number)]);
    expect(await query(server, 'SELECT count(*)::int AS runs FROM "Run"')).toEqual([{ runs: 0 }]);
    expect(await diffToSchema(pool, prismaFolder)).toBeNull();
  });
});
