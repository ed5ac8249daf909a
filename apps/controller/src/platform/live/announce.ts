import type { Database } from '../prisma/prisma';

/** PostgreSQL channel on which every change is announced, to all controllers, exactly when it is committed. */
export const liveChannel = 'fleetclone_live';

/** Says, with the commit of this transaction, that a run changed. */
export async function announceRun(database: Database, runId: string): Promise<void> {
  await database.$executeRaw`SELECT pg_notify(${liveChannel}, ${`run:${runId}`})`;
}

/** Says, with the commit of this transaction, that a Mac, plan or credential changed. */
export async function announceFleet(database: Database): Promise<void> {
  await database.$executeRaw`SELECT pg_notify(${liveChannel}, 'fleet')`;
}

/** Says, with the commit of this transaction, that there are orders to deliver. */
export async function announceOrders(database: Database): Promise<void> {
  await database.$executeRaw`SELECT pg_notify(${liveChannel}, 'orders')`;
}
