import { open } from 'node:fs/promises';

const LINES_PER_WRITE = 5_000;

/**
 * Writes paths as rsync's `--files-from … --from0` reads them, seen from `/`. Each begins with `./`: rsync takes a line
 * that begins with `#` or `;` for a comment, also with `--from0`. Names are bytes, one character each.
 */
export async function writeListFile(path: string, names: readonly string[]): Promise<string> {
  const file = await open(path, 'w', 0o600);
  try {
    for (let at = 0; at < names.length; at += LINES_PER_WRITE) {
      const lines = names.slice(at, at + LINES_PER_WRITE).map((name) => `./${name}\0`);
      await file.writeFile(Buffer.from(lines.join(''), 'latin1'));
    }
  } finally {
    await file.close();
  }
  return path;
}
