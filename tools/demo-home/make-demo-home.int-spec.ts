import { execFile } from 'node:child_process';
import { existsSync, lstatSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeTempFolder, type TempFolder } from '@fleetclone/testing';
import { changeDemoHome } from './change-demo-home';
import { compareTrees } from './compare-trees';
import { makeDemoHome } from './make-demo-home';
import { walkTree } from './walk';

const isRoot = process.getuid?.() === 0;
const all = { ownership: true, xattrs: true };
const small = { seed: 7, files: 400, bytes: 3_000_000 };

describe('the demo home', () => {
  let temp: TempFolder;
  beforeEach(async () => {
    temp = await makeTempFolder('demo-home');
  });
  afterEach(() => temp.remove());
  const at = (name: string) => join(temp.path, name);
  const copyFaithfully = (from: string, to: string) =>
    promisify(execFile)('rsync', [
      '-aHX',
      '--numeric-ids',
      '--delete',
      '--modify-window=-1',
      `${at(from)}/`,
      `${at(to)}/`,
    ]);

  it('has its full size within fifteen seconds', async () => {
    const start = performance.now();
    const counts = await makeDemoHome(at('home'), { seed: 'full' });
    expect(performance.now() - start).toBeLessThan(15_000);
    expect(counts.files).toBeGreaterThanOrEqual(3100);
    expect(counts.bytes).toBeGreaterThan(209_000_000);
  }, 60_000);

  it('counts what is really there', async () => {
    const counts = await makeDemoHome(at('home'), small);
    const entries = [...walkTree(Buffer.from(at('home')))].map(({ stats }) => stats);
    const files = entries.filter((stats) => stats.isFile());
    expect(counts).toMatchObject({
      files: files.length,
      folders: entries.filter((stats) => stats.isDirectory()).length,
      symlinks: entries.filter((stats) => stats.isSymbolicLink()).length,
      bytes: [...new Map(files.map(({ ino, size }) => [ino, Number(size)])).values()].reduce(
        (a, b) => a + b,
        0,
      ),
    });
    // As root on Linux everything is possible but what the file system may refuse.
    if (isRoot && process.platform === 'linux') expect(counts.skipped).toEqual([]);
    else expect(counts.skipped).toContain('Modes/file 0: only root could read it back');
    expect(existsSync('pwned') || existsSync(at('pwned'))).toBe(false);
  });

  it('is the same for the same seed, but for the link that holds its own place', async () => {
    await makeDemoHome(at('one'), small);
    await makeDemoHome(at('two'), small);
    const { differences, entries } = await compareTrees(at('one'), at('two'), all);
    expect(differences.map(({ path }) => path)).toEqual(['Links/absolute inside']);
    expect(entries).toBeGreaterThan(500);
  });

  it('keeps nanoseconds, set-user-id bits and old times', async () => {
    await makeDemoHome(at('home'), small);
    const stats = (path: string) => lstatSync(join(at('home'), path), { bigint: true });
    expect(stats('Times/file 1').mtimeNs).toBe(443_786_400_123_456_789n);
    expect(stats('Modes/file 4755').mode & 0o7777n).toBe(0o4755n);
    expect(stats('Modes/folder 1777').mode & 0o7777n).toBe(0o1777n);
    expect(stats('Links/one of five').nlink).toBe(5n);
  });

  it('refuses to write among what is there already', async () => {
    await mkdir(at('home'));
    await writeFile(join(at('home'), 'mine'), 'x');
    await expect(makeDemoHome(at('home'), small)).rejects.toThrow('is not empty');
  });

  it('is copied faithfully by rsync, at first and after each change', async () => {
    await makeDemoHome(at('home'), small);
    await copyFaithfully('home', 'copy');
    await expect(compareTrees(at('home'), at('copy'), all)).resolves.toMatchObject({
      differences: [],
      notCompared: [],
    });
    for (const seed of [1, 2]) {
      await changeDemoHome(at('home'), { seed });
      await copyFaithfully('home', 'copy');
      await expect(compareTrees(at('home'), at('copy'), all)).resolves.toMatchObject({ differences: [] });
    }
  });

  it('is changed as told, and every change is a difference', async () => {
    await makeDemoHome(at('home'), small);
    await copyFaithfully('home', 'copy');
    const changes = await changeDemoHome(at('home'), { seed: 'x' });

    const count = (kind: string) => changes.filter((change) => change.kind === kind).length;
    expect({ modified: count('modified'), added: count('added'), deleted: count('deleted') }).toEqual({
      modified: 60,
      added: 40,
      deleted: 25,
    });
    expect([count('appended'), count('renamed'), count('attribute'), count('replaced')]).toEqual([
      1, 1, 1, 2,
    ]);
    expect(count('mode')).toBeGreaterThanOrEqual(5);

    const { differences } = await compareTrees(at('home'), at('copy'), all);
    const renamed = changes.find(({ kind }) => kind === 'renamed')?.path ?? '';
    const different = new Set(differences.map(({ path }) => path.replace(`${renamed} renamed`, renamed)));
    expect(changes.filter(({ path }) => !different.has(path))).toEqual([]);
  });

  it('is changed in the same way by the same seed', async () => {
    await makeDemoHome(at('one'), small);
    await makeDemoHome(at('two'), small);
    const changes = await changeDemoHome(at('one'), { seed: 5 });
    await expect(changeDemoHome(at('two'), { seed: 5 })).resolves.toEqual(changes);
    const { differences } = await compareTrees(at('one'), at('two'), all);
    const contents = differences.filter(({ what }) => !what.startsWith('modified:'));
    expect(contents.map(({ path }) => path)).toEqual(['Links/absolute inside']);
  });
});
