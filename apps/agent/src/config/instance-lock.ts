import { identifyProcess, isSameProcess, type ProcessIdentity } from '@fleetclone/transfer';
import { randomInt, randomUUID } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { readFileIfAny, replaceFile } from './durable-file';

const Claim = z.object({
  pid: z.int().positive(),
  startedAt: z.string(),
}) satisfies z.ZodType<ProcessIdentity>;

const attempts = 4;
const longestPauseMs = 200;

/** Another agent works with this state folder. */
export class AlreadyRunningError extends Error {
  override readonly name = 'AlreadyRunningError';
  constructor(readonly pid: number) {
    super(`an agent is running with this state folder already (process ${pid})`);
  }
}

/** The running process that holds the lock, if any; what a crash left behind counts for nothing. */
export async function findLockHolder(lockFile: string): Promise<ProcessIdentity | undefined> {
  return (await readClaims(lockFile)).find(({ identity }) => identity !== undefined)?.identity;
}

/**
 * Takes the lock for this process, or throws `AlreadyRunningError`. Everyone writes a claim of their own first and looks for
 * others second, so of two at once at least one sees the other and steps back; nobody ever removes a living claim. A claim names
 * the process and when it was started, so that a number given to another process later does not count. Gives the function that
 * lets go.
 */
export async function takeInstanceLock(lockFile: string): Promise<() => Promise<void>> {
  const own = await identifyProcess(process.pid);
  if (own === null) throw new Error('this process cannot find itself');
  const claimFile = `${lockFile}.${randomUUID()}`;
  for (let attempt = 1; ; attempt += 1) {
    await replaceFile(claimFile, JSON.stringify(own), { isDurable: false });
    const rival = await findRival(lockFile, claimFile);
    if (rival === undefined) return () => rm(claimFile, { force: true });
    await rm(claimFile, { force: true });
    if (attempt === attempts) throw new AlreadyRunningError(rival.pid);
    await pause(randomInt(longestPauseMs));
  }
}

async function findRival(lockFile: string, claimFile: string): Promise<ProcessIdentity | undefined> {
  let rival: ProcessIdentity | undefined;
  for (const { path, identity } of await readClaims(lockFile)) {
    if (path === claimFile) continue;
    if (identity === undefined) await rm(path, { force: true });
    else rival = identity;
  }
  return rival;
}

/** All claims; those of processes that are gone have no identity. */
async function readClaims(
  lockFile: string,
): Promise<{ path: string; identity: ProcessIdentity | undefined }[]> {
  const names = (await listFolder(dirname(lockFile))).filter((name) =>
    name.startsWith(`${basename(lockFile)}.`),
  );
  return Promise.all(
    names.map(async (name) => {
      const path = join(dirname(lockFile), name);
      const claim = parseClaim(await readFileIfAny(path));
      const isAlive = claim !== undefined && (await isSameProcess(claim));
      return { path, identity: isAlive ? claim : undefined };
    }),
  );
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return []; // no folder, no agent
  }
}

function parseClaim(text: string | undefined): ProcessIdentity | undefined {
  try {
    return Claim.parse(JSON.parse(text ?? ''));
  } catch {
    return undefined; // damaged, or gone since the folder was listed
  }
}
