import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

export interface ProcessRow {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
  /** Opaque; with the pid it tells a process from a later one that got the same number. */
  readonly startedAt: string;
}

/** Every live process of the machine (zombies left out). Linux: proc(5); elsewhere: ps(1). */
export async function listProcesses(): Promise<ProcessRow[]> {
  if (process.platform === 'linux') return listFromProc();
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,pgid=,stat=,lstart='], {
    env: { PATH: process.env['PATH'] ?? '/bin:/usr/bin', LC_ALL: 'C' },
    maxBuffer: 16 * 1024 * 1024,
  });
  return parsePs(stdout);
}

async function listFromProc(): Promise<ProcessRow[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const rows = await Promise.all(pids.map(async (pid) => parseProcStat(await readGone(`/proc/${pid}/stat`))));
  return rows.filter((row) => row !== undefined);
}

async function readGone(path: string): Promise<string> {
  try {
    return await readFile(path, 'latin1');
  } catch {
    return ''; // ended between listing and reading
  }
}

/** One line of /proc/<pid>/stat, as in proc_pid_stat(5); undefined for a zombie or an empty line. */
export function parseProcStat(line: string): ProcessRow | undefined {
  // The program's name stands in brackets and may itself hold brackets and spaces.
  const [state, parentPid, groupId, ...rest] = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const startedAt = rest[22 - 6];
  if (state === undefined || startedAt === undefined || state === 'Z' || state === 'X') return undefined;
  return {
    pid: Number.parseInt(line, 10),
    parentPid: Number(parentPid),
    groupId: Number(groupId),
    startedAt,
  };
}

/** The output of `ps -o pid=,ppid=,pgid=,stat=,lstart=`, as procps and macOS print it. */
export function parsePs(output: string): ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (const line of output.split('\n')) {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line);
    const [, pid, parentPid, groupId, state, startedAt] = match ?? [];
    if (state === undefined || startedAt === undefined || state.startsWith('Z')) continue;
    rows.push({ pid: Number(pid), parentPid: Number(parentPid), groupId: Number(groupId), startedAt });
  }
  return rows;
}
