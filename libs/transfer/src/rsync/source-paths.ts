/** A path that must not become a source root of a copy; `reason` completes "the path …". */
export class SourcePathError extends Error {
  override readonly name = 'SourcePathError';
  readonly code = 'TRANSFER.SOURCE_PATH_INVALID';

  constructor(
    readonly path: string,
    readonly reason: string,
  ) {
    super(`a source path ${reason}`);
  }
}

/**
 * Source roots in the one spelling that rsync reads as "this folder, with all above it named": absolute, no slash at
 * the end (it would mean "the content of"), no `.` part (`/./` cuts what is before it), nothing below another root.
 * Names below a root may be anything; only the roots themselves are checked. Throws SourcePathError.
 */
export function normaliseSourcePaths(paths: readonly string[]): readonly string[] {
  if (paths.length === 0) throw new SourcePathError('', 'is missing');
  const roots = [...new Set(paths.map(normalise))].sort();
  return roots.filter((root) => !roots.some((other) => root.startsWith(`${other}/`)));
}

function normalise(path: string): string {
  if (!path.startsWith('/')) throw new SourcePathError(path, 'must be absolute');
  if (/[\0\r\n]/.test(path)) throw new SourcePathError(path, 'must not hold line ends or NUL');
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new SourcePathError(path, 'must not hold ..');
  // A whole disk needs --one-file-system and its firmlinks understood, or it would copy every mounted volume.
  if (parts.length === 0) throw new SourcePathError(path, 'must be a folder or file below /');
  return `/${parts.join('/')}`;
}
