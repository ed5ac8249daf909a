import { mkdir } from 'node:fs/promises';

/**
 * Fills the folder that a pass of kind `erase` reads: it gets the folders above the names and nothing else, since without
 * them rsync calls every one of them vanished (exit 24) although it deletes what it should. Names are seen from `/`, one
 * character per byte, without a slash at the start. Returns the folder. Throws the file system's errors.
 */
export async function fillEraseFolder(folder: string, names: readonly string[]): Promise<string> {
  const above = new Set(
    names.map((name) => name.slice(0, Math.max(0, name.replace(/\/+$/, '').lastIndexOf('/')))),
  );
  const start = Buffer.from(`${folder}/`);
  await mkdir(start, { recursive: true, mode: 0o700 });
  for (const path of above)
    await mkdir(Buffer.concat([start, Buffer.from(path, 'latin1')]), { recursive: true, mode: 0o700 });
  return folder;
}
