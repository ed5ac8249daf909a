import { createCipheriv, createHash } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import type { Random } from './random';

/** What a file holds: words (shrinks well), noise (does not shrink), or a few bytes and large holes. */
export type ContentKind = 'words' | 'noise' | 'holes';

const CHUNK = 256 * 1024;
const POOL = 2 * CHUNK;
const ZEROS = Buffer.alloc(CHUNK);

/** Makes repeatable contents; one instance per tree, because it keeps a pool of text. */
export class ContentMaker {
  private readonly words: Buffer;

  constructor(private readonly random: Random) {
    this.words = makeWords(random.fork('words'));
  }

  /** Writes a new file (mode 0600) of exactly `size` bytes, fixed by the label. */
  writeFile(path: Buffer, kind: ContentKind, size: number, label: string): void {
    const file = openSync(path, 'wx', 0o600);
    try {
      if (kind === 'holes') this.writeHoles(file, size, label);
      else for (const chunk of this.chunks(kind, size, label)) writeAll(file, chunk);
    } finally {
      closeSync(file);
    }
  }

  /** The same bytes in memory. */
  bytes(kind: 'words' | 'noise', size: number, label: string): Buffer {
    return Buffer.concat([...this.chunks(kind, size, label)]);
  }

  private *chunks(kind: 'words' | 'noise', size: number, label: string): Generator<Buffer> {
    const random = this.random.fork(label);
    const key = createHash('sha256').update(`${label}/${random.next()}`).digest();
    // A key stream of AES is noise at several gigabytes per second.
    const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
    for (let left = size; left > 0; left -= CHUNK) {
      const length = Math.min(left, CHUNK);
      const at = random.int(0, POOL - CHUNK);
      yield kind === 'noise'
        ? cipher.update(ZEROS.subarray(0, length))
        : this.words.subarray(at, at + length);
    }
  }

  private writeHoles(file: number, size: number, label: string): void {
    const island = this.bytes('noise', 4096, label);
    ftruncateSync(file, size);
    for (let at = 0; at + island.length <= size; at += CHUNK) writeAll(file, island, at);
  }
}

function writeAll(file: number, data: Buffer, position?: number): void {
  for (let offset = 0; offset < data.length;) {
    const at = position === undefined ? null : position + offset;
    offset += writeSync(file, data, offset, data.length - offset, at);
  }
}

function makeWords(random: Random): Buffer {
  const syllables = [
    'ka',
    'lo',
    'mi',
    'ren',
    'sta',
    'tur',
    'vel',
    'non',
    'qui',
    'ber',
    'öst',
    'ça',
    'fe',
    'dra',
  ];
  const vocabulary = Array.from({ length: 1500 }, () =>
    Array.from({ length: random.int(1, 4) }, () => random.pick(syllables)).join(''),
  );
  const parts: string[] = [];
  for (let length = 0; length < POOL;) {
    const word = random.pick(vocabulary) + (random.chance(0.08) ? '.\n' : ' ');
    length += Buffer.byteLength(word);
    parts.push(word);
  }
  return Buffer.from(parts.join('')).subarray(0, POOL);
}
