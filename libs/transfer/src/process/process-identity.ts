import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** A process beyond doubt: numbers are used again, but not with the same start time. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque: when it was started, in the words of this platform and boot. */
  readonly startedAt: string;
}

/** The identity of a running process, or null when there is none of that number (a zombie counts as none). */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | null> {
  const startedAt = process.platform === 'linux' ? await linuxStart(pid) : await psStart(pid);
  return startedAt === null ? null : { pid, startedAt };
}

/** Whether a recorded process is still running, and not another one that was given its number since. */
export async function isSameProcess(identity: ProcessIdentity): Promise<boolean> {
  const now = await identifyProcess(identity.pid);
  return now !== null && now.startedAt === identity.startedAt;
}

async function linuxStart(pid: number): Promise<string | null> {
  try {
    const [stat, bootId] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'latin1'),
      readFile('/proc/sys/kernel/random/boot_id', 'latin1'),
    ]);
    return startFromStat(stat, bootId.trim());
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}

/** Field 22 of proc(5)'s stat, in clock ticks since boot; hence the boot's own id beside it. */
export function startFromStat(stat: string, bootId: string): string | null {
  const ticks = livingFields(stat)?.[18];
  return ticks === undefined ? null : `${bootId}:${ticks}`;
}

/** Field 5 of proc(5)'s stat: the process group, or null for a zombie. */
export function groupFromStat(stat: string): number | null {
  const group = livingFields(stat)?.[1];
  return group === undefined ? null : Number(group);
}

/** The fields from the fourth on, unless the process has ended. */
function livingFields(stat: string): string[] | null {
  // The second field is the program's name in parentheses and may itself hold blanks and parentheses.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' || state === 'X' ? null : rest;
}

function psStart(pid: number): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const args = ['-o', 'stat=,lstart=', '-p', String(pid)];
    const env = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' };
    execFile('ps', args, { env, timeout: 10_000 }, (error, stdout) => {
      if (error === null) resolve(startFromPs(stdout));
      else if (error.code === 1) resolve(null);
      else reject(new Error('ps could not be asked about a process', { cause: error }));
    });
  });
}

/** A line of `ps -o stat=,lstart=`: state, then the start time in words. */
export function startFromPs(line: string): string | null {
  const [, state, start] = /^\s*(\S+)\s+(\S.*?)\s*$/s.exec(line) ?? [];
  return state === undefined || start === undefined || state.startsWith('Z')
    ? null
    : start.replace(/\s+/g, ' ');
}
