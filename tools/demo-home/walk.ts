import { type BigIntStats, lstatSync, readdirSync } from 'node:fs';
import { joinBytes } from './byte-path';

export type EntryType = 'file' | 'folder' | 'symlink' | 'fifo' | 'socket' | 'device';

export interface TreeEntry {
  /** Relative to the top; empty for the top itself. */
  readonly path: Buffer;
  readonly stats: BigIntStats;
}

export function entryType(stats: BigIntStats): EntryType {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isFIFO()) return 'fifo';
  return stats.isSocket() ? 'socket' : 'device';
}

/** The names in a folder in byte order. */
export function sortedNames(folder: Buffer): Buffer[] {
  return readdirSync(folder, { encoding: 'buffer' }).sort((a, b) => a.compare(b));
}

/** Everything below a folder in byte order, folders before what is in them; symlinks are not followed. */
export function* walkTree(top: Buffer, path: Buffer = Buffer.alloc(0)): Generator<TreeEntry> {
  for (const name of sortedNames(joinBytes(top, path))) {
    const child = joinBytes(path, name);
    const stats = lstatSync(joinBytes(top, child), { bigint: true });
    yield { path: child, stats };
    if (stats.isDirectory()) yield* walkTree(top, child);
  }
}
