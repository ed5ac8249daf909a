import { createHash } from 'node:crypto';
import {
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  symlink,
  writeFile,
  chmod,
  utimes,
} from 'node:fs/promises';
import { join } from 'node:path';

const SLASH = Buffer.from('/');
const below = (folder: Buffer, name: Buffer): Buffer => Buffer.concat([folder, SLASH, name]);

/**
 * Everything that a copy must keep, one line for each entry: name as bytes, kind, mode, owner, times, links and
 * content. Two trees are equal when their lines are. Written on `lstat` alone, so that it owes nothing to rsync.
 */
export async function describeTree(root: string): Promise<readonly string[]> {
  const lines: string[] = [];
  await walk(Buffer.from(root), Buffer.alloc(0), lines, new Map());
  return lines.sort();
}

async function walk(
  folder: Buffer,
  name: Buffer,
  lines: string[],
  firstNames: Map<bigint, string>,
): Promise<void> {
  const entries = await readdir(folder, { encoding: 'buffer' });
  for (const entry of entries.sort((a, b) => Buffer.compare(a, b))) {
    const path = below(folder, entry);
    const relative = name.length === 0 ? entry : below(name, entry);
    const shown = relative.toString('latin1');
    const info = await lstat(path, { bigint: true });
    const common = [JSON.stringify(shown), (info.mode & 0o177777n).toString(8), info.uid, info.gid];
    if (info.isDirectory()) {
      lines.push([...common, info.mtimeNs].join(' '));
      await walk(path, relative, lines, firstNames);
    } else if (info.isSymbolicLink()) {
      lines.push(
        [...common, JSON.stringify((await readlink(path, { encoding: 'buffer' })).toString('latin1'))].join(
          ' ',
        ),
      );
    } else if (info.isFile()) {
      const first = firstNames.get(info.ino) ?? shown;
      firstNames.set(info.ino, first);
      const hash = createHash('sha256')
        .update(await readFile(path))
        .digest('hex')
        .slice(0, 16);
      // Which names are one file, and not how many: an archived version may be one more.
      lines.push([...common, info.mtimeNs, info.size, JSON.stringify(first), hash].join(' '));
    } else {
      lines.push([...common, info.rdev].join(' '));
    }
  }
}

/** Names that break careless programs, on whatever file system the tests run: those it refuses are left out. */
export async function plantHostileTree(root: string): Promise<number> {
  await mkdir(root, { recursive: true });
  let planted = 0;
  for (const name of HOSTILE_NAMES) planted += (await plant(below(Buffer.from(root), name))) ? 1 : 0;
  const deep = join(root, 'nested folder', 'Ünïcödé', '深い');
  await mkdir(deep, { recursive: true });
  await writeFile(join(deep, 'inside'), 'x'.repeat(5000));
  await link(join(deep, 'inside'), join(root, 'same as inside'));
  await symlink('nested folder/no such', join(root, 'dangling'));
  await symlink('/etc', join(root, 'absolute link'));
  await writeFile(join(root, 'private'), 'p');
  await chmod(join(root, 'private'), 0o600);
  await writeFile(join(root, 'set-uid'), 's');
  await chmod(join(root, 'set-uid'), 0o4755);
  await mkdir(join(root, 'empty folder'), { mode: 0o711 });
  await utimes(join(root, 'empty folder'), 1_000_000_000, 1_234_567_890.123456);
  return planted;
}

async function plant(path: Buffer): Promise<boolean> {
  try {
    await writeFile(path, `content of ${path.toString('latin1')}`);
    return true;
  } catch (error) {
    if (['EILSEQ', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}

const HOSTILE_NAMES: readonly Buffer[] = [
  ...[
    'plain',
    ' leading blank',
    'trailing blank ',
    '-rf',
    '--delete',
    '#comment',
    ';comment',
    'line\nend',
    'tab\there',
    'carriage\rreturn',
    'bell\u0007',
    '\u001b[31mred',
    'back\\slash',
    'looks like \\#012 an escape',
    "single'quote",
    'double"quote',
    '$(touch pwned)',
    '`id`',
    '*',
    '?[a]',
    '{a,b}',
    'a|b|c',
    '100%',
    'a:b::c',
    'caf\u00e9 composed',
    'cafe\u0301 decomposed',
    '🦊',
    '\u202etxt.exe',
    '*deleting  |0|fake',
    '<f+++++++++|9|fake',
    'rsync: [sender] opendir "fake" failed: Permission denied (13)',
    '.hidden',
    'n'.repeat(255),
  ].map((name) => Buffer.from(name)),
  Buffer.from([0x62, 0x61, 0x64, 0xff, 0xfe, 0x2d, 0xc3]),
];
