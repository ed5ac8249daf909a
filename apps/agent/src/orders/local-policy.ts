import { lstat, mkdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hasErrorCode } from '../config/durable-file';
import { NotAllowedHereError } from './order.errors';

/** Whether a path is a folder or lies below it, by name alone. */
export function isAtOrBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? '/' : `${folder}/`);
}

/** Where a path really leads: the links of all that exists of it are followed, the rest is kept as it is. */
export async function resolveExisting(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT', 'ENOTDIR') || path === '/') throw error;
    return join(await resolveExisting(dirname(path)), basename(path));
  }
}

/**
 * Throws `NotAllowedHereError` unless every source path really lies, links followed, below one of the folders that this Mac's
 * own settings let out, and outside the agent's own state, which holds private keys.
 */
export async function assertSourcesAllowed(
  sourcePaths: readonly string[],
  sourceRoots: readonly string[],
  stateFolder: string,
): Promise<void> {
  const roots = await Promise.all(sourceRoots.map(resolveExisting));
  const state = await resolveExisting(stateFolder);
  for (const path of sourcePaths) {
    const real = await resolveExisting(path);
    if (!roots.some((root) => isAtOrBelow(real, root))) {
      throw new NotAllowedHereError(
        `${path} is not below a folder that this Mac lets out (${sourceRoots.join(', ')})`,
      );
    }
    if (isAtOrBelow(real, state)) {
      throw new NotAllowedHereError(`${path} belongs to the agent itself and holds private keys`);
    }
  }
}

/**
 * Makes sure that a folder for another Mac's backups exists, directly below a folder that this Mac's own settings let in.
 * Creates its last part only. Throws `NotAllowedHereError` when it lies elsewhere, when a link leads elsewhere, or when the
 * folder above is missing: an unmounted disk must not be written to.
 */
export async function prepareDestinationRoot(
  root: string,
  destinationRoots: readonly string[],
): Promise<void> {
  const allowed = destinationRoots.find((folder) => root !== folder && isAtOrBelow(root, folder));
  if (allowed === undefined) {
    const list = destinationRoots.length === 0 ? 'none' : destinationRoots.join(', ');
    throw new NotAllowedHereError(`${root} is not below a folder that this Mac takes backups in (${list})`);
  }
  const parent = dirname(root);
  await assertFolder(allowed);
  await assertFolder(parent);
  const [realAllowed, realParent] = await Promise.all([realpath(allowed), realpath(parent)]);
  if (!isAtOrBelow(realParent, realAllowed)) {
    throw new NotAllowedHereError(`${root} leads out of ${allowed} by way of a link`);
  }
  await makeFolder(root);
}

async function assertFolder(path: string): Promise<void> {
  try {
    if ((await stat(path)).isDirectory()) return;
  } catch (error) {
    if (!hasErrorCode(error, 'ENOENT', 'ENOTDIR')) throw error;
  }
  throw new NotAllowedHereError(
    `${path} is not there; if it is on a disk of its own, that disk is not mounted`,
  );
}

async function makeFolder(path: string): Promise<void> {
  try {
    // Other people of this Mac have no business in another Mac's files.
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST')) throw error;
    if (!(await lstat(path)).isDirectory())
      throw new NotAllowedHereError(`${path} is there and is not a folder`);
  }
}
