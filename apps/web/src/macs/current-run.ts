import type { MacView, RunView } from '@fleetclone/contracts';

/** The run that a Mac is busy with, or, when it is idle, the one that waits for it; null when there is neither. */
export function currentRun(mac: Pick<MacView, 'activeRun' | 'lastRun'>): RunView | null {
  if (mac.activeRun) return mac.activeRun;
  return mac.lastRun?.finishedAt === null ? mac.lastRun : null;
}
