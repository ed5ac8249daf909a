import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface WriteOptions {
  readonly mode?: number;
  readonly isDurable?: boolean;
}

/** Makes what was done to the entries of a folder (created, renamed, removed) outlast a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes a new private file. Its content, but not yet its name, outlasts a power cut unless `isDurable` is false. Fails when the
 * file exists.
 */
export async function writeNewFile(
  path: string,
  content: string,
  { mode = 0o600, isDurable = true }: WriteOptions = {},
): Promise<void> {
  const handle = await open(path, 'wx', mode);
  try {
    await handle.writeFile(content);
    // The mode given at creation is cut by the umask.
    await handle.chmod(mode);
    if (isDurable) await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Puts a file in place as a whole: after a crash there is either the old content or the new one. With `isDurable` (the default)
 * the new content also outlasts a power cut once this returns.
 */
export async function replaceFile(path: string, content: string, options: WriteOptions = {}): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.new-${randomUUID()}`);
  try {
    await writeNewFile(temporary, content, options);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  if (options.isDurable ?? true) await syncFolder(folder);
}

/** Removes what `replaceFile` left half written in a folder when the power was cut. Nobody else may be writing there. */
export async function clearUnfinishedFiles(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith('.new-'));
  await Promise.all(names.map((name) => rm(join(folder, name), { force: true })));
}

/** The file's text, or undefined when there is no such file. */
export async function readFileIfAny(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Makes a folder that only its owner can look into; existing parents are left as they are. */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
}

/** Whether an error is the operating system's error of that name, such as `ENOENT`. */
export function hasErrorCode(error: unknown, ...codes: readonly string[]): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && codes.includes(String(error.code));
}
