import type { LinkMeasurement } from '../link/measure-link';

export interface StreamsChoice {
  readonly streams: number;
  /** Plain words, with the numbers. */
  readonly reason: string;
}

// One ssh connection has at most 2 MB under way, so at 100 ms it carries 17 MB/s however wide the line is (measured);
// near by, and for little data, more connections only cost (0.65 to 1.0 times the speed of one).
export const FAR_ROUND_TRIP_MS = 30;
const LEAST_BYTES = 100_000_000;
const STREAMS = 4;
const MOST_STREAMS = 8;

/** How many connections send the large new files. `large` are their sizes in bytes. */
export function chooseStreams(
  wish: number | 'auto',
  link: Pick<LinkMeasurement, 'roundTripMs'> | null,
  large: readonly number[],
): StreamsChoice {
  const bytes = large.reduce((sum, size) => sum + size, 0);
  const most = Math.min(MOST_STREAMS, large.length);
  if (most < 2) return { streams: 1, reason: 'fewer than two large new files' };
  if (wish !== 'auto') {
    const streams = Math.min(wish, most);
    return { streams, reason: `as the plan says, ${large.length} large new files` };
  }
  const amount = `${large.length} large new files of ${Math.round(bytes / 1e6)} MB`;
  if (link === null) return { streams: 1, reason: 'the line was not measured' };
  const distance = `${link.roundTripMs.toFixed(0)} ms round trip`;
  if (link.roundTripMs < FAR_ROUND_TRIP_MS) return { streams: 1, reason: `the remote is near: ${distance}` };
  if (bytes < LEAST_BYTES) return { streams: 1, reason: `too little to share out: ${amount}` };
  return { streams: Math.min(STREAMS, most), reason: `${distance}, ${amount}` };
}

/** Shares files out so that each stream has about as much to send: the largest first, to whoever has least. */
export function shareOut(
  files: readonly (readonly [path: string, size: number])[],
  streams: number,
): readonly (readonly string[])[] {
  const shares = Array.from({ length: streams }, () => ({ bytes: 0, paths: [] as string[] }));
  for (const [path, size] of [...files].sort((a, b) => b[1] - a[1])) {
    const least = shares.reduce((one, other) => (other.bytes < one.bytes ? other : one));
    least.bytes += size;
    least.paths.push(path);
  }
  return shares.map(({ paths }) => paths);
}
