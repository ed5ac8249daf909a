import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { groupFromStat } from './process-identity';

// Most processes are gone at once; a look at all of them is not free, so the pauses grow.
const FIRST_POLL_MS = 5;
const LONGEST_POLL_MS = 100;
// After SIGKILL only a process stuck in the kernel (a dead disk) is still there; nobody can wait for that.
const AFTER_KILL_MS = 5_000;

/** How a process group ended: it was gone already, went on SIGTERM, had to be killed, or is stuck in the kernel. */
export type GroupEnding = 'not-running' | 'terminated' | 'killed' | 'stuck';

/**
 * Ends a process group: SIGTERM, up to `graceMs` for it to go, then SIGKILL. Resolves when no process of the group
 * is left. `pid` is the group's leader, as given by `runRsync`'s `onSpawn`; after an agent's restart check first
 * with `isSameProcess` that the number still means the same process.
 */
export async function killProcessGroup(
  pid: number,
  options: { readonly graceMs: number },
): Promise<GroupEnding> {
  if (!Number.isSafeInteger(pid) || pid <= 1) throw new RangeError('a process group to end must be above 1');
  if (!(await isAlive(pid)) || !signalGroup(pid, 'SIGTERM')) return 'not-running';
  if (await isGoneWithin(pid, options.graceMs)) return 'terminated';
  signalGroup(pid, 'SIGKILL');
  return (await isGoneWithin(pid, AFTER_KILL_MS)) ? 'killed' : 'stuck';
}

async function isGoneWithin(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (let pauseMs = FIRST_POLL_MS; await isAlive(pid); pauseMs = Math.min(LONGEST_POLL_MS, 2 * pauseMs)) {
    if (performance.now() >= deadline) return false;
    await pause(pauseMs);
  }
  return true;
}

async function isAlive(pid: number): Promise<boolean> {
  return signalGroup(pid, 0) && (await hasLivingMember(pid));
}

/** False when nothing of the group is left to signal. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // macOS says EPERM for a group of which only zombies are left; a group of our own child is never another user's.
    if (code === 'ESRCH' || code === 'EPERM') return false;
    throw error;
  }
}

/**
 * Orphans that have ended are buried by process 1, which in containers takes its time or never does it; on Linux such
 * zombies still count as members of their group.
 */
async function hasLivingMember(group: number): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const groups = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/stat`, 'latin1').then(groupFromStat, () => null)),
  );
  return groups.includes(group);
}
