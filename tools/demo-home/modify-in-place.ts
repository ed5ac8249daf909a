import { closeSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';

/** Changes a file without replacing it: 0 cuts it in half, 1 changes some bytes within, 2 puts more at the end. */
export function modifyInPlace(path: Buffer, size: number, how: number, more: Buffer): void {
  const file = openSync(path, 'r+');
  try {
    if (how === 0 && size > 1) ftruncateSync(file, Math.floor(size / 2));
    else if (how === 1 && size > 16) flipBytes(file, Math.floor(size / 2));
    else writeSync(file, more, 0, more.length, size);
  } finally {
    closeSync(file);
  }
}

/** Same size, other content. */
function flipBytes(file: number, position: number): void {
  const bytes = Buffer.alloc(8);
  readSync(file, bytes, 0, bytes.length, position);
  const flipped = bytes.map((byte) => byte ^ 0xff);
  writeSync(file, flipped, 0, flipped.length, position);
}
