import { isAtLeast, type RsyncVersion } from './rsync-version';

/** A path that cannot be named to a remote; `reason` completes "a remote path …". */
export class RemotePathError extends Error {
  override readonly name = 'RemotePathError';
  readonly code = 'TRANSFER.REMOTE_PATH_INVALID';

  constructor(readonly reason: string) {
    super(`a remote path ${reason}`);
  }
}

/**
 * An absolute path in one spelling: no empty or `.` parts, no slash at the end. Throws RemotePathError for anything that
 * would not arrive as the same name: `..`, NUL, line ends, text that is not well-formed.
 */
export function normaliseRemotePath(path: string): string {
  if (!path.startsWith('/')) throw new RemotePathError('must be absolute');
  if (/[\0\n]/.test(path)) throw new RemotePathError('must not hold line ends or NUL');
  if (/\p{Surrogate}/u.test(path)) throw new RemotePathError('must be well-formed text');
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new RemotePathError('must not hold ..');
  return `/${parts.join('/')}`;
}

/**
 * The path as it stands after `host:`, between single quotes, in which a shell looks for nothing but their end. Nobody
 * else can be left to it: rsync 3.2.4 to 3.2.7 escape everything for the shell but backticks, so a path could run a
 * command; up to 3.4 they forget a backslash at the end; all leave wildcards to the shell; older ones and openrsync
 * escape nothing. And with `-s` the remote's rsync expands wildcards itself, and keeps a backslash before one where the
 * name is not there yet. `quotingOptions` have to go with it.
 */
export function quoteRemotePath(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}

/** Options that keep the rsync on this side from adding something to our quotes. */
export function quotingOptions(local: RsyncVersion): readonly string[] {
  if (local.flavour !== 'gnu') return [];
  return [
    ...(local.capabilities.secludesArgs ? ['--no-protect-args'] : []),
    ...(isAtLeast(local.version, [3, 2, 4]) ? ['--old-args'] : []),
  ];
}
