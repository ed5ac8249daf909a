import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { reasonAgainst } from './negotiate';
import { isAtLeast, parseRsyncVersion, type RsyncVersion } from './rsync-version';

/** The oldest rsync that gives the full service: before it, quick updates, fine times or compression are missing. */
export const LEAST_RSYNC_VERSION: RsyncVersion['version'] = [3, 2, 7];

const USUAL_PATHS = ['/opt/homebrew/bin/rsync', '/usr/local/bin/rsync', '/opt/local/bin/rsync'];
const LAST_RESORT = '/usr/bin/rsync';

export interface DetectedRsync extends RsyncVersion {
  /** Absolute path of the program. */
  readonly binary: string;
}

/** No usable rsync; `found` tells what was there and why it will not do. */
export class RsyncNotFoundError extends Error {
  override readonly name = 'RsyncNotFoundError';
  readonly code = 'TRANSFER.TOOL_MISSING';

  constructor(readonly found: readonly { readonly binary: string; readonly reason: string }[]) {
    const seen = found.map(({ binary, reason }) => `${binary} ${reason}`).join('; ');
    super(
      `rsync ${LEAST_RSYNC_VERSION.join('.')} or later is needed on this Mac (${seen === '' ? 'none was found' : `found: ${seen}`}); ` +
        'install it with Homebrew or your package manager',
    );
  }
}

/**
 * The best rsync among the candidates given, Homebrew's and MacPorts' places, PATH and /usr/bin: the first that gives the
 * full service (GNU rsync ≥ 3.2.7), else the newest GNU rsync 3, else the first that a Mac came with. Throws
 * RsyncNotFoundError, which lists every rsync that was found and refused.
 */
export async function detectRsync(candidatePaths: readonly string[] = []): Promise<DetectedRsync> {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder.startsWith('/'));
  const paths = [
    ...candidatePaths,
    ...USUAL_PATHS,
    ...onPath.map((folder) => join(folder, 'rsync')),
    LAST_RESORT,
  ];
  return bestRsyncOf([...new Set(paths)]);
}

/** What the program says of itself; null when it is not rsync, `absent` when there is nothing that can be run. */
export async function readRsyncVersion(binary: string): Promise<RsyncVersion | null | 'absent'> {
  try {
    await access(binary, constants.X_OK);
  } catch {
    return 'absent';
  }
  return new Promise((resolve) => {
    const env = { LC_ALL: 'C', PATH: '/usr/bin:/bin' };
    execFile(
      binary,
      ['--version'],
      { env, timeout: 10_000, maxBuffer: 256 * 1024 },
      (_error, stdout, stderr) => {
        resolve(parseRsyncVersion(`${stdout}\n${stderr}`));
      },
    );
  });
}

/** The same among exactly these absolute paths. */
export async function bestRsyncOf(paths: readonly string[]): Promise<DetectedRsync> {
  const refused: { binary: string; reason: string }[] = [];
  let best: DetectedRsync | undefined;
  for (const binary of paths) {
    const version = await readRsyncVersion(binary);
    if (version === 'absent') continue;
    const reason = version === null ? 'is not rsync' : reasonAgainst(version);
    if (version === null || reason !== null) {
      refused.push({ binary, reason: reason ?? 'is not rsync' });
      continue;
    }
    const rsync = { binary, ...version };
    if (isModern(rsync) && isAtLeast(rsync.version, LEAST_RSYNC_VERSION)) return rsync;
    if (best === undefined || isBetter(rsync, best)) best = rsync;
  }
  if (best === undefined) throw new RsyncNotFoundError(refused);
  return best;
}

function isBetter(rsync: DetectedRsync, than: DetectedRsync): boolean {
  if (!isModern(rsync)) return false;
  return !isModern(than) || !isAtLeast(than.version, rsync.version);
}

const isModern = ({ flavour, version }: RsyncVersion): boolean =>
  flavour === 'gnu' && isAtLeast(version, [3, 0, 0]);
