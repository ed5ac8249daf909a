import { chmod, cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TransferOptions } from '@fleetclone/contracts';
import { makeTempFolder, type TempFolder } from '@fleetclone/testing';
import { Client } from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/platform/postgres/embedded-postgres';
import { applyMigrations } from '../src/platform/prisma/schema-engine';

const prismaFolder = join(__dirname, '..', 'prisma');

jest.setTimeout(60_000);

describe('migrations of a database with rows', () => {
  let folder: TempFolder;
  let server: EmbeddedPostgres;

  beforeAll(async () => {
    folder = await makeTempFolder('migrations');
    // As root, PostgreSQL runs as nobody and has to get in.
    await chmod(folder.path, 0o711);
    server = await startEmbeddedPostgres(join(folder.path, 'postgres'), () => undefined);
  });

  afterAll(async () => {
    await server.stop();
    await folder.remove();
  });

  /** The migrations as they were before the one named. */
  async function prismaFolderBefore(name: string): Promise<string> {
    const before = join(folder.path, `before-${name}`);
    await cp(prismaFolder, before, { recursive: true });
    const all = await readdir(join(before, 'migrations'));
    const from = all.find((migration) => migration.endsWith(`_${name}`));
    if (from === undefined) throw new Error(`no migration ${name}`);
    for (const migration of all.filter((each) => each >= from && /^\d/.test(each)))
      await rm(join(before, 'migrations', migration), { recursive: true });
    return before;
  }

  const query = async (sql: string) => {
    const client = new Client(pool());
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(sql);
    await client.end();
    return rows;
  };
  const pool = () => ({ host: server.socketFolder, user: server.user, database: 'postgres' });

  it('leave what plans back up as it was when plans get transfer options', async () => {
    await applyMigrations(pool(), await prismaFolderBefore('transfer_options'));
    const id = 'gen_random_uuid()';
    await query(`
      WITH mac AS (
        INSERT INTO "Mac" (id, name, slug, "instanceId", facts, "agentTokenHash", "queuePasswordHash")
        VALUES (${id}, 'studio-mac', 'studio-mac', ${id}, '{}', 'x', 'x') RETURNING id
      ), remote AS (
        INSERT INTO "Remote" (id, name, "macId", host, port, "user", "hostKeys", roots)
        SELECT ${id}, 'backup-mac', mac.id, 'host', 22, 'root', '{}', '{}' FROM mac RETURNING id
      ), credential AS (
        INSERT INTO "Credential" (id, "macId", "remoteId")
        SELECT ${id}, mac.id, remote.id FROM mac, remote RETURNING id
      )
      INSERT INTO "Plan" (id, name, slug, "macId", "remoteId", "credentialId", "destinationRoot", "sourcePaths", excludes)
      SELECT ${id}, 'Home', 'home', mac.id, remote.id, credential.id, '/Volumes/Backup', '{/Users}', '{}'
      FROM mac, remote, credential`);

    await applyMigrations(pool(), prismaFolder);

    const [plan] = await query('SELECT options FROM "Plan"');
    const { exclusionGroups, mode, includes } = TransferOptions.parse(plan?.['options']);
    expect({ exclusionGroups, mode, includes }).toEqual({
      exclusionGroups: [],
      mode: 'mirror',
      includes: [],
    });
  });
});
