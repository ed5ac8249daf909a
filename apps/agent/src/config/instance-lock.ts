import { identifyProcess, isSameProcess, type ProcessIdentity } from '@fleetclone/transfer';
import { randomUUID } from 'node:crypto';
import { link, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { hasErrorCode, readFileIfAny, writeNewFile } from './durable-file';

const LockContent = z.object({
  pid: z.int().positive(),
  startedAt: z.string(),
}) satisfies z.ZodType<ProcessIdentity>;

/** Another agent works with this state folder. */
export class AlreadyRunningError extends Error {
  override readonly name = 'AlreadyRunningError';
  constructor(readonly pid: number) {
    super(`an agent is running with this state folder already (process ${pid})`);
  }
}

/** The process that holds the lock and is still running, if any; a lock that a crash left behind counts for nothing. */
export async function findLockHolder(lockFile: string): Promise<ProcessIdentity | undefined> {
  const holder = parseLock(await readFileIfAny(lockFile));
  return holder !== undefined && (await isSameProcess(holder)) ? holder : undefined;
}

/**
 * Takes the lock for this process, or throws `AlreadyRunningError`. The lock names the process and when it was started, so that a
 * number given to another process later does not count. Gives the function that lets go.
 */
export async function takeInstanceLock(lockFile: string): Promise<() => Promise<void>> {
  const own = await identifyProcess(process.pid);
  if (own === null) throw new Error('this process cannot find itself');
  const candidate = join(dirname(lockFile), `.new-${randomUUID()}`);
  await writeNewFile(candidate, JSON.stringify(own), { isDurable: false });
  try {
    // Linking is atomic and fails when there is a lock; a stale one is moved away and looked at once more.
    while (!(await linked(candidate, lockFile))) await clearStaleLock(lockFile);
  } finally {
    await rm(candidate, { force: true });
  }
  return async () => {
    const holder = parseLock(await readFileIfAny(lockFile));
    if (holder?.pid === own.pid && holder.startedAt === own.startedAt) await rm(lockFile, { force: true });
  };
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function clearStaleLock(lockFile: string): Promise<void> {
  const holder = await findLockHolder(lockFile);
  if (holder !== undefined) throw new AlreadyRunningError(holder.pid);
  const aside = `${lockFile}.${randomUUID()}`;
  try {
    await rename(lockFile, aside);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return;
    throw error;
  }
  // Between looking and moving somebody else may have put a lock of their own there.
  const moved = await findLockHolder(aside);
  if (moved !== undefined) await linked(aside, lockFile);
  await rm(aside, { force: true });
  if (moved !== undefined) throw new AlreadyRunningError(moved.pid);
}

function parseLock(text: string | undefined): ProcessIdentity | undefined {
  if (text === undefined) return undefined;
  try {
    return LockContent.parse(JSON.parse(text));
  } catch {
    return undefined; // torn by a crash: stale
  }
}
