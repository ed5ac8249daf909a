import { lstatSync } from 'node:fs';
import { chmod, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guardFolder } from './guardian';

export interface TempFolder {
  /** Absolute, with symlinks resolved (macOS keeps its temporary folder behind one). */
  readonly path: string;
  /** Deletes the folder and all in it, read-only folders too. Calling it twice is harmless. */
  remove(): Promise<void>;
}

/** Makes a private (0700) folder under the system's temporary folder; it goes even if this process is killed. */
export async function makeTempFolder(prefix: string): Promise<TempFolder> {
  const path = await mkdtemp(join(await realpath(tmpdir()), `fleetclone-${prefix}-`));
  const release = guardFolder(path);
  return {
    path,
    remove: async () => {
      await removeTree(path);
      release();
    },
  };
}

/** Deletes a folder and all in it; an ordinary user's own unreadable or read-only folders are opened first. */
export async function removeTree(path: string): Promise<void> {
  // Beforehand, because a failed rm() goes on deleting in the background.
  if (process.getuid?.() !== 0) await openFolders(Buffer.from(path));
  await rm(path, { recursive: true, force: true, maxRetries: 3 });
}

async function openFolders(path: Buffer): Promise<void> {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory() !== true) return;
  if ((stats.mode & 0o700) !== 0o700) await chmod(path, 0o700);
  // Names are bytes: one that is not UTF-8 must survive the way to the next call.
  for (const name of await readdir(path, { encoding: 'buffer' })) {
    await openFolders(Buffer.concat([path, Buffer.from('/'), name]));
  }
}
