/** How much of everything. */
export interface Scale {
  readonly name: 'quick' | 'usual' | 'full';
  readonly rounds: number;
  /** Data set A: names of small files. */
  readonly smallFiles: number;
  /** Data sets B and C: number of files, and bytes of each. */
  readonly largeFiles: readonly [count: number, bytes: number];
  readonly severalFiles: readonly [count: number, bytes: number];
  readonly changedFileBytes: number;
  readonly textBytes: number;
  readonly noiseBytes: number;
  /** One run that takes longer is given up. */
  readonly timeoutMs: number;
}

const MB = 1_000_000;

export const SCALES: Readonly<Record<Scale['name'], Scale>> = {
  quick: {
    name: 'quick',
    rounds: 1,
    smallFiles: 300,
    largeFiles: [2, 2 * MB],
    severalFiles: [4, MB / 2],
    changedFileBytes: 2 * MB,
    textBytes: MB,
    noiseBytes: MB,
    timeoutMs: 30_000,
  },
  usual: {
    name: 'usual',
    rounds: 3,
    smallFiles: 20_000,
    largeFiles: [2, 512 * MB],
    severalFiles: [4, 128 * MB],
    changedFileBytes: 256 * MB,
    textBytes: 100 * MB,
    noiseBytes: 64 * MB,
    timeoutMs: 300_000,
  },
  full: {
    name: 'full',
    rounds: 3,
    smallFiles: 100_000,
    largeFiles: [2, 1024 * MB],
    severalFiles: [4, 128 * MB],
    changedFileBytes: 512 * MB,
    textBytes: 150 * MB,
    noiseBytes: 128 * MB,
    timeoutMs: 600_000,
  },
};
