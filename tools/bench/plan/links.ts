/** How far away the destination seems. */
export interface LinkSetting {
  /** As on the command line and in the JSON report. */
  readonly id: LinkId;
  readonly title: string;
  /** Half of it each way, and one and a half before the first byte of a new connection gets through, as with TCP. */
  readonly roundTripMs: number;
  /** In each direction, all connections together; null is as fast as the machine can. */
  readonly bytesPerSecond: number | null;
}

export type LinkId = 'loopback' | 'counted' | '20ms' | '100ms' | '20ms-12.5MB' | '10MB';

const GIGABIT = 125_000_000;

/** Every link but loopback goes through the bench's own relay; loopback is a plain connection to sshd. */
export const LINKS: readonly LinkSetting[] = [
  { id: 'loopback', title: 'loopback', roundTripMs: 0, bytesPerSecond: null },
  // For counting bytes only: the relay takes a share of the same processors, so nothing that goes here is timed.
  { id: 'counted', title: 'loopback, counted', roundTripMs: 0, bytesPerSecond: null },
  { id: '20ms', title: '20 ms', roundTripMs: 20, bytesPerSecond: GIGABIT },
  { id: '100ms', title: '100 ms', roundTripMs: 100, bytesPerSecond: GIGABIT },
  { id: '20ms-12.5MB', title: '20 ms, 12.5 MB/s', roundTripMs: 20, bytesPerSecond: 12_500_000 },
  { id: '10MB', title: '20 ms, 10 MB/s', roundTripMs: 20, bytesPerSecond: 10_000_000 },
];

export function titleOfLink(id: LinkId): string {
  return LINKS.find((link) => link.id === id)?.title ?? id;
}
