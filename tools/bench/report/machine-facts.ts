import { execFile } from 'node:child_process';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { promisify } from 'node:util';
import type { Contender } from '../contenders/contender';

export interface MachineFacts {
  readonly system: string;
  readonly processors: number;
  readonly processor: string;
  readonly memoryBytes: number;
  readonly node: string;
  readonly ssh: string;
  /** How busy the machine was before the first and after the last run; one minute's mean. */
  readonly loadBefore: number;
  readonly loadAfter: number;
}

export function describeMachine(ssh: string, loadBefore: number): MachineFacts {
  const all = cpus();
  return {
    system: `${platform()} ${release()}`,
    processors: all.length,
    processor: all[0]?.model.trim() ?? 'unknown',
    memoryBytes: totalmem(),
    node: process.version,
    ssh,
    loadBefore,
    loadAfter: loadNow(),
  };
}

export function loadNow(): number {
  return loadavg()[0] ?? 0;
}

/** The first line of what a program says of itself; null when it is not installed. */
export async function readVersion({ name, versionArgument }: Contender['program']): Promise<string | null> {
  try {
    // ssh tells on its standard error.
    const { stdout, stderr } = await promisify(execFile)(name, [versionArgument]);
    return `${stdout}\n${stderr}`.trim().split('\n')[0] ?? '';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
