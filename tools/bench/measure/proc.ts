import { readdirSync, readFileSync } from 'node:fs';

// USER_HZ: the unit of times in /proc/<pid>/stat is the same on every Linux that Node runs on.
const TICKS_PER_SECOND = 100;
const KIB = 1024;

/** Processor time in milliseconds, rounded to ten. */
export interface CpuTimes {
  /** All threads of the process itself. */
  readonly own: number;
  /** Its children that have ended and been waited for, with theirs. */
  readonly children: number;
}

/** Whether this system tells what a process uses, as proc_pid_stat(5). */
export const canLookAtProcesses = process.platform === 'linux';

/** Undefined for a process that is gone. */
export function readCpuTimes(pid: number | 'self'): CpuTimes | undefined {
  const stat = readGone(`/proc/${pid}/stat`);
  return stat === undefined ? undefined : parseCpuTimes(stat);
}

/** From one line of /proc/<pid>/stat. The program's name stands in brackets and may itself hold brackets and spaces. */
export function parseCpuTimes(stat: string): CpuTimes {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // Fields 14 to 17 of the line, of which the first two are cut off.
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15).map(Number);
  const toMs = (ticks: number): number => (ticks * 1000) / TICKS_PER_SECOND;
  return { own: toMs(user + system), children: toMs(childUser + childSystem) };
}

/** The process and its living descendants. */
export function readFamily(pid: number): number[] {
  const family = [pid];
  for (let at = 0; at < family.length; at += 1) family.push(...readChildren(family[at] ?? 0));
  return family;
}

/** A child belongs to the thread that made it, and some programs make them on any of theirs. */
function readChildren(pid: number): number[] {
  return threadsOf(pid).flatMap((thread) =>
    (readGone(`/proc/${pid}/task/${thread}/children`) ?? '').split(' ').filter(Boolean).map(Number),
  );
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // ended between two looks
  }
}

/** Bytes of memory in use now, shared ones included; 0 for a process that is gone. */
export function readResidentBytes(pid: number): number {
  return fieldOfStatus(pid, /^VmRSS:\s+(\d+) kB$/m);
}

/** The most memory in use since this program was started, shared ones included; 0 where the system does not tell. */
export function readPeakBytes(pid: number | 'self'): number {
  return fieldOfStatus(pid, /^VmHWM:\s+(\d+) kB$/m);
}

function fieldOfStatus(pid: number | 'self', field: RegExp): number {
  return Number(field.exec(readGone(`/proc/${pid}/status`) ?? '')?.[1] ?? 0) * KIB;
}

function readGone(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined; // ended between two looks, or a system without /proc
  }
}
