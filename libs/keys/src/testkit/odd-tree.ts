import { createHash } from 'node:crypto';
import {
  chmod,
  chown,
  link,
  lstat,
  lutimes,
  mkdir,
  readdir,
  readFile,
  readlink,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';

const NAMES = [
  'plain.txt',
  'with blanks  and tab\t.txt',
  '-rf',
  '--delete',
  'new\nline',
  'back\\slash',
  `quotes'"`,
  '*?[x]{a,b}',
  '$(touch x)`id`;|&',
  'per%cent%41',
  ' leading and trailing ',
  '.hidden',
  'café NFC',
  'cafe\u0301 NFD',
  '備份 💾',
  'host::module',
];

/** Fills a folder with what breaks careless copies: names, links to anywhere, hard links, modes, old times. */
export async function makeOddTree(folder: string): Promise<void> {
  for (const name of NAMES) {
    await mkdir(join(folder, 'folders', name), { recursive: true });
    await writeFile(join(folder, 'folders', name, name), `content of ${name}`);
    await writeFile(join(folder, name), name.repeat(3));
  }
  await writeFile(Buffer.concat([Buffer.from(`${folder}/not UTF-8 `), Buffer.from([0xff, 0xfe])]), 'bytes');
  await writeFile(join(folder, 'big'), Buffer.alloc(300_000, 'block'));
  await link(join(folder, 'big'), join(folder, 'big too'));
  await mkdir(join(folder, 'empty'));
  await symlink('/etc/passwd', join(folder, 'absolute link'));
  await symlink('../../../outside', join(folder, 'upward link'));
  await symlink('nowhere/at all', join(folder, 'dangling link'));
  await symlink('folders', join(folder, 'link to a folder'));
  await chmod(join(folder, 'plain.txt'), 0o4711);
  await chmod(join(folder, 'empty'), 0o1700);
  if (process.getuid?.() === 0) await chown(join(folder, '.hidden'), 12_345, 54_321);
  const old = new Date('2001-02-03T04:05:06.789Z');
  await lutimes(join(folder, 'dangling link'), old, old);
  await lutimes(join(folder, 'plain.txt'), old, old);
}

/** Everything of a tree that a copy must keep, by path: kind, mode, owner, time, content or target, hard links. */
export async function describeTree(folder: string): Promise<ReadonlyMap<string, string>> {
  const seen = new Map<string, string>();
  const firstNames = new Map<number, string>();
  await walk(Buffer.from(folder), Buffer.from('.'), seen, firstNames);
  return seen;
}

async function walk(
  root: Buffer,
  name: Buffer,
  seen: Map<string, string>,
  firstNames: Map<number, string>,
): Promise<void> {
  const path = Buffer.concat([root, Buffer.from('/'), name]);
  const stat = await lstat(path);
  const key = name.toString('latin1');
  if (!stat.isDirectory() && !firstNames.has(stat.ino)) firstNames.set(stat.ino, key);
  const content = stat.isFile()
    ? createHash('sha256')
        .update(await readFile(path))
        .digest('base64url')
    : '';
  const target = stat.isSymbolicLink() ? await readlink(path) : '';
  // rsync itself takes two times within one second for the same.
  const time = Math.floor(stat.mtimeMs / 1000);
  seen.set(
    key,
    [stat.mode.toString(8), stat.uid, stat.gid, time, firstNames.get(stat.ino), target, content].join(' '),
  );
  if (!stat.isDirectory()) return;
  for (const child of (await readdir(path, { encoding: 'buffer' })).sort((a, b) => a.compare(b))) {
    await walk(root, Buffer.concat([name, Buffer.from('/'), child]), seen, firstNames);
  }
}
