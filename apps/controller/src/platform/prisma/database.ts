import { Client, type PoolConfig } from 'pg';
import { applyMigrations } from './schema-engine';

/** Any number that no other program locks on: "fleetclone" in a telephone keypad. */
const migrationLock = 353825663;

/** Applies the migrations; several controllers starting at once take turns. Returns the names of those applied. */
export async function migrateDatabase(pool: PoolConfig, prismaFolder: string): Promise<string[]> {
  const client = new Client(pool);
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [migrationLock]);
    return await applyMigrations(pool, prismaFolder);
  } finally {
    // Ends the session and so the lock.
    await client.end();
  }
}
