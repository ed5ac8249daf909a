import {
  link,
  lstat,
  lutimes,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { writeFilterFile } from '../filter';
import { listOtherRsyncs, listRsyncsToTest, type RsyncToTest } from '../testkit/rsyncs-to-test';
import { ShellRemote } from '../testkit/shell-remote';
import { describeTree, plantHostileTree } from '../testkit/tree';
import type { DetectedRsync } from './detect-rsync';
import { fillEraseFolder } from '../testkit/erase-folder';

jest.setTimeout(120_000);

const run = promisify(execFile);
// Seconds since 1970.
const EARLIER = 1_000_000_000;
const LATER = 1_100_000_000;

const [installed] = listRsyncsToTest() as [RsyncToTest];
const pairs = [
  { local: installed, far: installed },
  ...listOtherRsyncs().flatMap((other) => [
    { local: other, far: installed },
    { local: installed, far: other },
  ]),
];

describe.each(pairs)('$local.name on this side and $far.name on the other', (pair) => {
  describe.each(['push', 'pull'] as const)('in a %s', (direction) => {
    let remote: ShellRemote;
    let local: DetectedRsync;
    let far: DetectedRsync;
    let source: string;
    const names = { direction, mode: { kind: 'mirror', archiveName: 'first' } } as const;
    beforeAll(async () => {
      [remote, local, far] = await Promise.all([ShellRemote.start(), pair.local.read(), pair.far.read()]);
      source = join(remote.temp.path, 'Users/ann');
      await plantHostileTree(source);
      await mkdir(join(source, 'with everything'));
      await writeFile(join(source, 'with everything/large'), Buffer.alloc(700_000, 'not random'));
      await symlink('large', join(source, 'with everything/link'));
      await run('mkfifo', [join(source, 'with everything/fifo')]);
      await settleTimes(source);
    });
    afterAll(() => remote.stop());

    async function folderOf(name: string): Promise<string> {
      const folder = join(remote.temp.path, `${name}'s folder $(touch pwned)`);
      await mkdir(folder, { recursive: true });
      return folder;
    }

    const canDelete = (): boolean => remote.negotiate({ local, far, direction }).features.deletion !== 'none';

    it('copies every kind of entry and every name exactly, and then changes', async () => {
      const folder = await folderOf('mirror');
      const tree = join(remote.temp.path, 'Users/changing');
      await run('cp', ['-a', source, tree]);
      const copy = join(folder, 'current', tree);
      const before = await remote.transfer({ ...names, local, far, folder, sources: [tree] });

      expect(before).toMatchObject({ exitCode: 0, stderrTail: '' });
      expect(await describeTree(copy)).toEqual(await describeTree(tree));
      expect(await timesOf(copy)).toEqual(await timesOf(tree));

      await writeFile(join(tree, 'plain'), 'a new version, longer than before');
      await rename(join(tree, 'with everything/large'), join(tree, 'with everything/larger'));
      for (const name of ['with everything/link', 'with everything/fifo', 'plain', 'with everything', '.'])
        await lutimes(join(tree, name), LATER, LATER);
      const mode = { kind: 'mirror', archiveName: 'second' } as const;
      const after = await remote.transfer({ direction, local, far, folder, mode, sources: [tree] });

      expect(after).toMatchObject({ exitCode: 0, stderrTail: '' });
      const gone = join(copy, 'with everything/large');
      if (!canDelete()) {
        await unlink(gone);
        await utimes(join(copy, 'with everything'), LATER, LATER);
      }
      expect(await describeTree(copy)).toEqual(await describeTree(tree));
      expect(await timesOf(copy)).toEqual(await timesOf(tree));
      const archive = join(folder, 'archive/second', tree);
      expect(await readFile(join(archive, 'plain'), 'utf8')).toBe(`content of ${source}/plain`);
      expect(await readdir(archive)).toEqual(canDelete() ? ['plain', 'with everything'] : ['plain']);
      expect(await readdir(remote.home)).toEqual([]);
    });

    it('links what is the same in the snapshot before', async () => {
      const folder = await folderOf('snapshots');
      const snapshot = (linkDest: string | null) => ({ kind: 'snapshot', linkDest }) as const;
      const sources = [source];
      await remote.transfer({ direction, local, far, folder, sources, mode: snapshot(null) });
      await mkdir(join(folder, 'snapshots'));
      await rename(join(folder, 'partial'), join(folder, 'snapshots/one'));
      const result = await remote.transfer({ direction, local, far, folder, sources, mode: snapshot('one') });

      expect(result).toMatchObject({ exitCode: 0, stderrTail: '' });
      const [one, two] = [join(folder, 'snapshots/one', source), join(folder, 'partial', source)];
      expect((await describeTree(two)).map(withoutLinks)).toEqual(
        (await describeTree(source)).map(withoutLinks),
      );
      expect((await lstat(join(two, 'plain'))).ino).toBe((await lstat(join(one, 'plain'))).ino);
      expect(await readdir(folder)).toEqual(['partial', 'snapshots']);
    });

    it('leaves out what the filter says, and deletes it no more than what is not its own', async () => {
      const folder = await folderOf('filtered');
      const tree = join(remote.temp.path, 'Users/bob');
      await mkdir(join(tree, 'skip'), { recursive: true });
      for (const name of ['keep', 'skip/inside', 'gone']) await writeFile(join(tree, name), name);
      const filterFile = await writeFilterFile(
        remote.temp.path,
        [{ kind: 'exclude', pattern: 'skip/' }],
        [tree],
      );
      await remote.transfer({ direction, local, far, folder, sources: [tree] });
      await rm(join(tree, 'gone'));
      const result = await remote.transfer({
        direction,
        local,
        far,
        folder,
        sources: [tree],
        more: { filterFile },
      });

      expect(result).toMatchObject({ exitCode: 0, stderrTail: '' });
      expect((await readdir(join(folder, 'current', tree))).sort()).toEqual(
        canDelete() ? ['keep', 'skip'] : ['gone', 'keep', 'skip'],
      );
      expect(await readdir(join(folder, 'current', tree, 'skip'))).toEqual(['inside']);
    });

    it('tells of changes without making any when asked to', async () => {
      const folder = await folderOf('preview');
      const result = await remote.transfer({
        direction,
        local,
        far,
        folder,
        sources: [source],
        more: { isDryRun: true },
      });

      expect(result).toMatchObject({ exitCode: 0, stderrTail: '' });
      expect(await readdir(folder)).toEqual([]);
    });

    it('compresses by each method that both have', async () => {
      for (const method of remote.negotiate({ local, far, direction }).compressions) {
        const folder = await folderOf(method);
        const compression = { method, level: method === 'lz4' ? null : 3 };
        const result = await remote.transfer({
          direction,
          local,
          far,
          folder,
          sources: [source],
          more: { compression },
        });

        expect([method, result.exitCode, result.stderrTail]).toEqual([method, 0, '']);
        expect(await describeTree(join(folder, 'current', source))).toEqual(await describeTree(source));
      }
    });

    it('sends new files named in a list, and replaces none', async () => {
      const folder = await folderOf('seed');
      const large = join(source, 'with everything/large');
      const plain = join(source, 'plain');
      const old = join(folder, 'current', plain);
      await mkdir(join(folder, 'current', source), { recursive: true });
      await writeFile(old, 'old');
      const listFile = await writeList(remote, [large, plain]);
      const result = await remote.transfer({
        ...names,
        local,
        far,
        folder,
        pass: { kind: 'seed', listFile },
      });

      expect(result).toMatchObject({ exitCode: 0, stderrTail: '' });
      expect((await readFile(join(folder, 'current', large))).equals(await readFile(large))).toBe(true);
      expect(await readFile(old, 'utf8')).toBe('old');
      expect(await readdir(folder)).toEqual(['current']);
    });

    it('can be asked for lists of changed names, or says that it cannot', async () => {
      const folder = await folderOf('lists');
      const tree = join(remote.temp.path, 'Users/eve');
      await run('cp', ['-a', source, tree]);
      await remote.transfer({ ...names, local, far, folder, sources: [tree] });
      const changed = await changeSome(tree);
      const listFile = await writeList(remote, changed.listed);
      const listed = { kind: 'listed', listFile, isByChecksum: false, deletesInFolders: true } as const;
      const emptyFolder = await fillEraseFolder(
        join(remote.temp.path, 'empty'),
        changed.gone.map((path) => path.slice(1)),
      );
      const gone = await writeList(remote, changed.gone);
      const erase = { kind: 'erase', listFile: gone, emptyFolder } as const;
      const mode = { kind: 'mirror', archiveName: 'erased' } as const;
      const passes = { direction, local, far, folder };
      if (!remote.negotiate(passes).canListChanges) {
        await expect(remote.transfer({ ...passes, pass: listed })).rejects.toThrow('pass cannot be part');
        return;
      }
      const erased = await remote.transfer({ ...passes, mode, pass: erase });
      const updated = await remote.transfer({ ...passes, pass: listed });

      expect([erased, updated].map(({ exitCode, stderrTail }) => [exitCode, stderrTail])).toEqual([
        [0, ''],
        [0, ''],
      ]);
      expect(await describeTree(join(folder, 'current', tree))).toEqual(await describeTree(tree));
      expect((await readdir(join(folder, 'archive/erased', tree))).sort()).toEqual(['*', 'with everything']);
    });

    it('finds a change that size and time do not show, when contents are compared', async () => {
      const folder = await folderOf('checksum');
      const file = join(remote.temp.path, 'Users/diary');
      await writeFile(file, 'before');
      await utimes(file, EARLIER, EARLIER);
      await remote.transfer({ ...names, local, far, folder, sources: [file] });
      await writeFile(file, 'after!');
      await utimes(file, EARLIER, EARLIER);
      const listFile = await writeList(remote, [file]);
      if (!remote.negotiate({ direction, local, far }).canListChanges) {
        const pass = { kind: 'listed', listFile, isByChecksum: true } as const;
        await expect(remote.transfer({ direction, local, far, folder, pass })).rejects.toThrow(
          'pass cannot be part',
        );
        return;
      }
      for (const [isByChecksum, expected] of [
        [false, 'before'],
        [true, 'after!'],
      ] as const) {
        const pass = { kind: 'listed', listFile, isByChecksum } as const;
        const result = await remote.transfer({ direction, local, far, folder, pass });

        expect(result).toMatchObject({ exitCode: 0, stderrTail: '' });
        expect(await readFile(join(folder, 'current', file), 'utf8')).toBe(expected);
      }
    });
  });
});

/** Rewrites, deletes and moves a few entries; what a quick update would have found. */
async function changeSome(tree: string): Promise<{ readonly listed: string[]; readonly gone: string[] }> {
  const inside = join(tree, 'with everything');
  await writeFile(join(tree, 'plain'), 'rewritten');
  await writeFile(join(inside, 'new'), 'new');
  await link(join(inside, 'new'), join(inside, 'new too'));
  await rm(join(inside, 'large'));
  await rm(join(inside, 'fifo'));
  await rm(join(tree, '*'));
  for (const name of ['plain', 'with everything/new', 'with everything', '.'])
    await utimes(join(tree, name), LATER, LATER);
  return {
    listed: [tree, join(tree, 'plain'), `${inside}/`],
    // What is in a folder that is compared with all its names needs no mention.
    gone: [join(tree, '*'), join(inside, 'large')],
  };
}

let lists = 0;

async function writeList(remote: ShellRemote, paths: readonly string[]): Promise<string> {
  lists += 1;
  const file = join(remote.temp.path, `list ${lists}`);
  await writeFile(file, paths.map((path) => `.${path}\0`).join(''));
  return file;
}

/** Times without fractions, which older rsyncs do not keep; folders last, since what changes in them changes them. */
async function settleTimes(folder: string): Promise<void> {
  const entries = await readdir(Buffer.from(folder), { withFileTypes: true, encoding: 'buffer' });
  for (const entry of entries) {
    const path = Buffer.concat([Buffer.from(`${folder}/`), entry.name]);
    if (entry.isDirectory()) await settleTimes(path.toString());
    else await lutimes(path, EARLIER, EARLIER);
  }
  await utimes(folder, EARLIER, EARLIER);
}

/** Times of links and special files, which a description of a tree leaves out. */
async function timesOf(tree: string): Promise<readonly [string, number][]> {
  const paths = ['with everything/link', 'with everything/fifo', 'dangling', 'absolute link'];
  return Promise.all(
    paths.map(async (path): Promise<[string, number]> => [path, (await lstat(join(tree, path))).mtimeMs]),
  );
}

/** A line of a tree without its number of links, which snapshots share, and the name of the first of them. */
const withoutLinks = (line: string): string => line.replace(/ \d+ "(?:[^"\\]|\\.)*" ([0-9a-f]{16})$/, ' $1');
