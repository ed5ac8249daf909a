import { spawn } from 'node:child_process';
import type { AwakeHold } from './mac-platform';

/** Holds off sleep with a helper program in its own process group. A helper that cannot run costs nothing but the hold. */
export function holdWithProcess(
  program: string,
  args: readonly string[],
  description: string,
): Promise<AwakeHold> {
  const child = spawn(program, args, {
    stdio: 'ignore',
    detached: true,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C' },
  });
  child.unref();
  return new Promise((resolve) => {
    child.once('error', () => resolve(noHold(`${program} could not be started`)));
    child.once('spawn', () => resolve({ description, release: () => endGroup(child.pid) }));
  });
}

/** Nothing holds the machine awake, and this is why. */
export function noHold(reason: string): AwakeHold {
  return { description: `this machine may fall asleep during the run: ${reason}`, release: () => undefined };
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGTERM');
  } catch {
    // It ends by itself with the transfer, so it may well be gone.
  }
}
