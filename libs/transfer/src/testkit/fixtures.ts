import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Recorded output of a program, as bytes. */
export function readFixture(area: 'rsync' | 'ssh', name: string): Buffer {
  return readFileSync(join(__dirname, '..', area, '__fixtures__', name));
}
