import { join } from 'node:path';
import { readFileIfAny, replaceFile } from '../config/durable-file';

/**
 * The archive folder of the next try of an attempt, counted durably. A second try must not have the first one's: it would
 * overwrite the older version that the first one kept.
 */
export async function nextArchiveName(attemptFolder: string, orderedName: string): Promise<string> {
  const path = join(attemptFolder, 'tries');
  const before = Number((await readFileIfAny(path)) ?? '0');
  const tries = (Number.isSafeInteger(before) ? before : 0) + 1;
  await replaceFile(path, String(tries));
  return tries === 1 ? orderedName : `${orderedName}.${tries}`;
}
