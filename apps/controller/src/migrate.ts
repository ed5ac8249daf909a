// For developers: `migrate check` says whether the migrations lead to schema.prisma; `migrate new NAME` writes the one that is missing.
import { chmod, mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from './platform/postgres/embedded-postgres';
import { applyMigrations, diffToSchema } from './platform/prisma/schema-engine';

async function pendingSql(prismaFolder: string): Promise<string | null> {
  const scratch = await mkdtemp(join(tmpdir(), 'fc-migrate-'));
  // PostgreSQL runs as nobody when we are root, and must get in.
  await chmod(scratch, 0o711);
  const postgres = await startEmbeddedPostgres(join(scratch, 'postgres'), (detail) =>
    process.stderr.write(`${detail}\n`),
  );
  try {
    const pool = { host: postgres.socketFolder, user: postgres.user, database: 'postgres' };
    await applyMigrations(pool, prismaFolder);
    return await diffToSchema(pool, prismaFolder);
  } finally {
    await postgres.stop();
    await rm(scratch, { recursive: true, force: true });
  }
}

async function main(command: string | undefined, name: string | undefined): Promise<number> {
  const prismaFolder = join('apps', 'controller', 'prisma');
  const isNew = command === 'new' && name !== undefined && /^[a-z][a-z0-9_]*$/.test(name);
  if (command !== 'check' && !isNew) {
    process.stderr.write('usage: migrate check | migrate new lower_case_name\n');
    return 2;
  }
  const sql = await pendingSql(prismaFolder);
  if (sql === null) {
    process.stdout.write('the migrations lead to schema.prisma\n');
    return 0;
  }
  if (!isNew) {
    process.stderr.write(`the migrations do not lead to schema.prisma; missing:\n${sql}\n`);
    return 1;
  }
  const folder = join(
    prismaFolder,
    'migrations',
    `${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}_${name}`,
  );
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'migration.sql'), sql);
  process.stdout.write(`${folder}/migration.sql\n`);
  return 0;
}

main(process.argv[2], process.argv[3]).then(
  // The engine keeps a timer of ten seconds for its lock, long after the work is done.
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
