import { findFault } from './rsync-faults';
import { isAtLeast, type RsyncVersion } from './rsync-version';

/**
 * Who keeps the remote's shell from acting on a path: `rsync` (it puts a backslash before everything a shell knows, but
 * leaves wildcards, which are ours to escape) or `quotes` (nobody but us).
 */
export type PathQuoting = 'rsync' | 'quotes';

/** A path that cannot be named to a remote; `reason` completes "a remote path …". */
export class RemotePathError extends Error {
  override readonly name = 'RemotePathError';
  readonly code = 'TRANSFER.REMOTE_PATH_INVALID';

  constructor(readonly reason: string) {
    super(`a remote path ${reason}`);
  }
}

/** How the rsync on this side has its remote paths written. What the remote's rsync is does not matter. */
export function pathQuotingOf(local: RsyncVersion): PathQuoting {
  const escapes = local.flavour === 'gnu' && isAtLeast(local.version, [3, 2, 4]);
  return escapes && findFault(local, 'escapedWildcards') === null ? 'rsync' : 'quotes';
}

/**
 * Options that make the rsync on this side hand the quoted path over as it is. Arguments sent over rsync's own protocol
 * (`-s`) would be the other way, but the remote then reads wildcards in them, and takes a backslash before one for part
 * of the name where the name does not exist yet.
 */
export function quotingOptions(local: RsyncVersion): readonly string[] {
  if (local.flavour !== 'gnu') return [];
  const isEscaped = isAtLeast(local.version, [3, 2, 4]) && pathQuotingOf(local) === 'quotes';
  return [
    ...(local.capabilities.secludesArgs ? ['--no-protect-args'] : []),
    ...(isEscaped ? ['--old-args'] : []),
  ];
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
 * The path as it stands after `host:`, so that exactly this name arrives, whatever the shell there would make of it.
 * Throws RemotePathError for the one ending that cannot be escaped.
 */
export function quoteRemotePath(quoting: PathQuoting, path: string): string {
  if (quoting === 'quotes') return `'${path.replaceAll("'", "'\\''")}'`;
  // Before 3.5.0 rsync forgets to escape a backslash at the very end, and the shell would join what follows.
  if (path.endsWith('\\')) throw new RemotePathError('must not end in a backslash');
  return path.replace(/[*?[\]]/g, '\\$&');
}
