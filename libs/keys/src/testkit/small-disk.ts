import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Only root on Linux can make a disk for a test. */
export const canMountDisks = process.getuid?.() === 0 && process.platform === 'linux';

/** Mounts an empty disk of its own in memory, with `mount` options such as `size=2m`, over an existing folder. */
export async function mountDisk(folder: string, options: string): Promise<void> {
  await run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
}

export async function unmountDisk(folder: string): Promise<void> {
  await run('umount', [folder]);
}

/** Writes into a new file until the disk takes not one more block. */
export async function fillDisk(path: string): Promise<void> {
  const file = await open(path, 'wx');
  const block = Buffer.alloc(4096);
  try {
    for (;;) await file.write(block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    await file.close();
  }
}

/** Makes empty files until the disk takes not one more name. */
export async function useUpNames(prefix: string): Promise<void> {
  try {
    for (let number = 1; ; number += 1) await (await open(`${prefix}${number}`, 'wx')).close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
