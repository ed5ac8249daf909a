import type { RunEventView } from '@fleetclone/contracts';

/** More lines than anyone reads; older ones are let go so that a long run does not fill the browser. */
export const mostLinesKept = 4000;

/** Event ids are digits that may exceed what a number holds: the longer is the larger, then digit by digit. */
function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/** Known lines and new ones as one list in order of time, each once, the newest kept. */
export function mergeRunEvents(
  known: readonly RunEventView[],
  incoming: readonly RunEventView[],
): readonly RunEventView[] {
  const last = known.at(-1);
  const isPlainAppend = last === undefined || incoming.every((event) => compareIds(event.id, last.id) > 0);
  const byId = new Map([...known, ...incoming].map((event) => [event.id, event]));
  if (!isPlainAppend && byId.size === known.length) return known;
  const merged = [...byId.values()].sort((a, b) => compareIds(a.id, b.id));
  return merged.slice(-mostLinesKept);
}
