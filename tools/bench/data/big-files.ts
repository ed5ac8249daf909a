import { closeSync, fstatSync, mkdirSync, openSync, utimesSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { ContentMaker } from '../../demo-home/content';
import { Random } from '../../demo-home/random';

export interface BigFilesPlan {
  readonly seed: number;
  readonly files: number;
  /** Of each file. */
  readonly bytes: number;
  /** Noise does not shrink; words do, about sevenfold. */
  readonly content: 'noise' | 'words';
}

/** Data sets B and C: a few large files. */
export async function makeBigFiles(folder: string, plan: BigFilesPlan): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const content = new ContentMaker(new Random(`big files ${plan.seed}`));
  for (let index = 0; index < plan.files; index += 1) {
    const path = join(folder, `${plan.content === 'noise' ? 'disk image' : 'log'} ${index + 1}`);
    content.writeFile(Buffer.from(path), plan.content, plan.bytes, `file ${index}`);
    utimesSync(path, 1_700_000_000 + index, 1_700_000_000.5 + index);
    await breathe();
  }
  utimesSync(folder, 1_700_000_000, 1_700_000_000.25);
}

const BLOCK = 64 * 1024;

/**
 * What a database or a disk image does in a day: one hundredth of the file is written anew in blocks of 64 KiB all over
 * it, and a twentieth is appended.
 */
export function changeBigFile(path: string, seed: number): void {
  const random = new Random(`change of a big file ${seed}`);
  const content = new ContentMaker(random);
  const file = openSync(path, 'r+');
  try {
    const bytes = fstatSync(file).size;
    const blocks = Math.max(1, Math.floor(bytes / BLOCK / 100));
    for (let n = 0; n < blocks; n += 1) {
      const at = random.int(0, Math.max(0, Math.floor(bytes / BLOCK) - 1)) * BLOCK;
      writeAll(file, content.bytes('noise', Math.min(BLOCK, bytes), `block ${n}`), at);
    }
    writeAll(file, content.bytes('noise', Math.floor(bytes / 20), 'appended'), bytes);
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, data: Buffer, position: number): void {
  for (let offset = 0; offset < data.length;) {
    offset += writeSync(file, data, offset, data.length - offset, position + offset);
  }
}
