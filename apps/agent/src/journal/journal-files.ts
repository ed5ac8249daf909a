import { open } from 'node:fs/promises';
import { z } from 'zod';
import { readFileIfAny } from '../config/durable-file';

/** Adds a line to a private file; with `isDurable` it outlasts a power cut. */
export async function appendToFile(path: string, line: string, isDurable: boolean): Promise<void> {
  const handle = await open(path, 'a', 0o600);
  try {
    await handle.writeFile(line);
    if (isDurable) await handle.datasync();
  } finally {
    await handle.close();
  }
}

/** The whole number that a small file holds, or the other value without a file that makes sense. */
export async function readNumber(path: string, otherwise: number): Promise<number> {
  const parsed = z.coerce
    .number()
    .int()
    .nonnegative()
    .safeParse(await readFileIfAny(path));
  return parsed.success ? parsed.data : otherwise;
}
