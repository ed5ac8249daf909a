/** What is known of the systems at both ends; as `uname -sr` tells it: `Darwin 13.4.0`. */
export interface SystemPair {
  readonly sourceSystem?: string;
  readonly remoteSystem?: string;
}

/** Darwin's number is not that of macOS: 13.4 is OS X 10.9.5, and 14 is 10.10, Yosemite. */
const LEAST_REMOTE = [13, 4] as const;
const YOSEMITE = 14;

/** Whether the source has what a remote of this age cannot take. False when either is unknown or no Mac. */
export function isOlderThanSource({ sourceSystem, remoteSystem }: SystemPair): boolean {
  const source = darwinRelease(sourceSystem);
  const remote = darwinRelease(remoteSystem);
  if (source === null || remote === null || source[0] < YOSEMITE) return false;
  return remote[0] < LEAST_REMOTE[0] || (remote[0] === LEAST_REMOTE[0] && remote[1] < LEAST_REMOTE[1]);
}

function darwinRelease(uname: string | undefined): readonly [number, number] | null {
  const match = /^Darwin (\d+)\.(\d+)/.exec(uname ?? '');
  return match === null ? null : [Number(match[1]), Number(match[2])];
}
