import { printable } from './byte-path';
import type { XattrsByPath } from './file-xattrs';

// Put on files by the system itself, differently on each volume or with each process.
const SYSTEM_XATTRS = new Set(['security.selinux', 'com.apple.provenance']);
const NONE: ReadonlyMap<string, string> = new Map();

/** What differs in the extended attributes of two trees. */
export function* xattrDifferences(
  source: XattrsByPath,
  copy: XattrsByPath,
): Generator<{ readonly path: Buffer; readonly what: string }> {
  for (const key of new Set([...source.keys(), ...copy.keys()])) {
    const ours = source.get(key) ?? NONE;
    const theirs = copy.get(key) ?? NONE;
    for (const name of new Set([...ours.keys(), ...theirs.keys()])) {
      if (SYSTEM_XATTRS.has(name) || ours.get(name) === theirs.get(name)) continue;
      const how = !theirs.has(name)
        ? 'missing in the copy'
        : ours.has(name)
          ? 'another value'
          : 'only in the copy';
      const what = `extended attribute ${printable(Buffer.from(name, 'latin1'))}: ${how}`;
      yield { path: Buffer.from(key, 'latin1'), what };
    }
  }
}
