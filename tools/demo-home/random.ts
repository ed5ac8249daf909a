import { type Cipher, createCipheriv, createHash } from 'node:crypto';

const ZEROS = Buffer.alloc(4096);

/** A repeatable source of chance (not for secrets): the same seed gives the same sequence everywhere. */
export class Random {
  private readonly cipher: Cipher;
  private block: Buffer = Buffer.alloc(0);
  private offset = 0;

  constructor(private readonly seed: string) {
    const key = createHash('sha256').update(seed).digest();
    this.cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  }

  /** Another sequence, fixed by this one's seed and the label, so that parts do not disturb each other. */
  fork(label: string): Random {
    return new Random(`${this.seed}/${label}`);
  }

  /** A number from 0 up to, not including, 1. */
  next(): number {
    if (this.offset === this.block.length) {
      this.block = this.cipher.update(ZEROS);
      this.offset = 0;
    }
    const value = this.block.readUInt32LE(this.offset);
    this.offset += 4;
    return value / 2 ** 32;
  }

  /** A whole number from `from` to `to`, both included. */
  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  pick<T>(items: readonly T[]): T {
    const item = items[Math.floor(this.next() * items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Up to `count` different items, in random order. */
  sample<T>(items: readonly T[], count: number): T[] {
    const rest = [...items];
    const taken: T[] = [];
    while (taken.length < count && rest.length > 0)
      taken.push(...rest.splice(Math.floor(this.next() * rest.length), 1));
    return taken;
  }
}
