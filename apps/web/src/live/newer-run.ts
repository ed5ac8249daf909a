import { isFinalRunState, type MacView, type RunView } from '@fleetclone/contracts';

/** Of two views of the same run the one to show: an end is never taken back, and progress never jumps back. */
export function newerRun(known: RunView, incoming: RunView): RunView {
  if (isFinalRunState(known.state) && !isFinalRunState(incoming.state)) return known;
  if (isFinalRunState(incoming.state) || incoming.fence > known.fence) return incoming;
  const isOvertaken =
    known.progress !== null && incoming.progress !== null && incoming.progress.at < known.progress.at;
  return isOvertaken ? known : incoming;
}

/** The latest run after hearing of one: an older run's late news does not displace a newer run. */
export function latestRun(known: RunView | null, incoming: RunView): RunView {
  if (known === null) return incoming;
  if (known.id === incoming.id) return newerRun(known, incoming);
  return incoming.submittedAt >= known.submittedAt ? incoming : known;
}

/** A Mac after hearing of one of its runs. What follows from a run's end (protection) is the controller's to say. */
export function macWithRun(mac: MacView, run: RunView): MacView {
  if (mac.id !== run.mac.id) return mac;
  const lastRun = latestRun(mac.lastRun, run);
  if (isFinalRunState(run.state)) {
    return { ...mac, lastRun, activeRun: mac.activeRun?.id === run.id ? null : mac.activeRun };
  }
  return { ...mac, lastRun, activeRun: latestRun(mac.activeRun, run) };
}
