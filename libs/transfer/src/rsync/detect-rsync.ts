import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { isAtLeast, parseRsyncVersion, type RsyncVersion } from './rsync-version';

/** The oldest rsync we drive: before it, `--delete` and argument passing have holes that matter here. */
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
 * The first rsync ≥ 3.2.7 among the candidates given, Homebrew's and MacPorts' places, PATH and /usr/bin.
 * Throws RsyncNotFoundError, which lists every rsync that was found and refused.
 */
export async function detectRsync(candidatePaths: readonly string[] = []): Promise<DetectedRsync> {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder.startsWith('/'));
  const paths = [
    ...candidatePaths,
    ...USUAL_PATHS,
    ...onPath.map((folder) => join(folder, 'rsync')),
    LAST_RESORT,
  ];
  return firstUsable([...new Set(paths)]);
}

async function firstUsable(paths: readonly string[]): Promise<DetectedRsync> {
  const refused: { binary: string; reason: string }[] = [];
  for (const binary of paths) {
    const version = await askVersion(binary);
    if (version === 'absent') continue;
    const reason = reasonToRefuse(version);
    if (version !== null && reason === null) return { binary, ...version };
    refused.push({ binary, reason: reason ?? 'is not rsync' });
  }
  throw new RsyncNotFoundError(refused);
}

function reasonToRefuse(version: RsyncVersion | null): string | null {
  if (version === null) return 'is not rsync';
  if (version.flavour === 'openrsync') return `is openrsync (protocol ${version.protocol})`;
  return isAtLeast(version.version, LEAST_RSYNC_VERSION) ? null : `is version ${version.version.join('.')}`;
}

async function askVersion(binary: string): Promise<RsyncVersion | null | 'absent'> {
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
