import { chmod, lstat, mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
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
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  } catch {
    await openFolders(Buffer.from(path));
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function openFolders(folder: Buffer): Promise<void> {
  if (!(await lstat(folder)).isDirectory()) return;
  await chmod(folder, 0o700);
  // Names are bytes: one that is not UTF-8 must survive the way to the next call.
  for (const name of await readdir(folder, { encoding: 'buffer' })) {
    await openFolders(Buffer.concat([folder, Buffer.from('/'), name]));
  }
}
