import { isAtLeast, type RsyncVersion } from './rsync-version';

/** A mistake in some versions of GNU rsync that changes what may be asked of them. */
interface RsyncFault {
  readonly since: RsyncVersion['version'];
  readonly fixed: RsyncVersion['version'];
  /** Completes "rsync 3.4.0 …". */
  readonly what: string;
}

/**
 * Known faults by what they spoil, each with the version that brought it and the one that mended it. Sources: the
 * release notes of rsync 3.2.3 to 3.5.0, and runs of these versions (see the specs).
 */
const FAULTS = {
  /** Nothing should be copied with it. */
  hardLinks: [{ since: [3, 4, 0], fixed: [3, 4, 1], what: 'mixes up files with several names' }],
  /** As the receiver: names that it asked for are refused. */
  receivesFromRemote: [
    { since: [3, 2, 5], fixed: [3, 2, 7], what: 'refuses file names that it asked for itself' },
  ],
  /** As a sender behind a gate that is not root's. */
  sendsFromWholeDisk: [
    { since: [3, 4, 3], fixed: [3, 4, 4], what: 'cannot send files when it serves a whole disk' },
  ],
  /** As the receiver of `--delete-missing-args`. */
  missingArgs: [
    { since: [0, 0, 0], fixed: [3, 2, 3], what: 'makes folders where it should delete names of a list' },
    { since: [3, 4, 3], fixed: [3, 4, 4], what: 'breaks off when it should delete names of a list' },
  ],
  /** As a daemon without a chroot, which is a gate that is not root's. */
  crtimesOfDaemon: [
    { since: [3, 4, 3], fixed: [3, 5, 0], what: 'loses creation times unless it runs as root' },
  ],
  /** As a daemon: blanks and the like in the values of options come with backslashes, and those stay. */
  escapedOptions: [
    { since: [0, 0, 0], fixed: [3, 4, 4], what: 'keeps the backslashes that newer ones send' },
  ],
  /** As the receiver on HFS+, which cannot hard-link symbolic links. */
  linkedSymlinks: [
    { since: [3, 2, 3], fixed: [3, 5, 0], what: 'reports an error for each symbolic link of a snapshot' },
  ],
} as const satisfies Readonly<Record<string, readonly RsyncFault[]>>;

export type FaultName = keyof typeof FAULTS;

/** What is wrong with this rsync in that respect, completing "rsync 3.4.0 …", or null. */
export function findFault({ flavour, version }: RsyncVersion, name: FaultName): string | null {
  if (flavour !== 'gnu') return null;
  const faults: readonly RsyncFault[] = FAULTS[name];
  const found = faults.find(({ since, fixed }) => isAtLeast(version, since) && !isAtLeast(version, fixed));
  return found?.what ?? null;
}
