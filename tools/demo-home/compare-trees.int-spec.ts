import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { makeTempFolder, type TempFolder } from '@fleetclone/testing';
import { compareTrees, type TreeComparison } from './compare-trees';
import { writeXattrs } from './xattrs';

const isRoot = process.getuid?.() === 0;
const all = { ownership: true, xattrs: true };
const when = 1_600_000_000.5;

describe('compareTrees', () => {
  let temp: TempFolder;
  const at = (...parts: string[]) => join(temp.path, ...parts);

  /** The same small tree twice, made by hand so that no tool under test has a part in it. */
  beforeEach(async () => {
    temp = await makeTempFolder('compare');
    for (const side of ['source', 'copy']) {
      mkdirSync(at(side, 'folder/deep'), { recursive: true });
      writeFileSync(at(side, 'folder/file'), 'some content');
      writeFileSync(at(side, 'folder/deep/large'), Buffer.alloc(200_000, 'abc'));
      writeFileSync(at(side, 'new\nline'), '');
      writeFileSync(at(side, 'twin one'), 'twins');
      linkSync(at(side, 'twin one'), at(side, 'folder/twin two'));
      writeFileSync(at(side, 'single one'), 'single');
      writeFileSync(at(side, 'single two'), 'single');
      symlinkSync('folder/file', at(side, 'link'));
      await writeXattrs(at(side), [
        { path: Buffer.from('folder/file'), xattrs: new Map([['note', Buffer.from('one')]]) },
        { path: Buffer.from('folder'), xattrs: new Map([['note', Buffer.from('two')]]) },
      ]);
    }
    settle();
  });
  afterEach(() => temp.remove());

  /** Sets all times again, so that a planted difference is the only one. */
  const settle = () => {
    const files = [
      'folder/file',
      'folder/deep/large',
      'new\nline',
      'twin one',
      'folder/twin two',
      'single one',
      'single two',
    ];
    for (const path of [...files, 'link', 'folder/deep', 'folder', '']) {
      for (const full of [at('source', path), at('copy', path)])
        if (isThere(full)) lutimesSync(full, when, when);
    }
  };
  const isThere = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  const found = ({ differences }: TreeComparison) => differences.map(({ path, what }) => `${path}: ${what}`);
  const compare = async () => found(await compareTrees(at('source'), at('copy'), all));

  it('finds nothing between equal trees, and counts them', async () => {
    const result = await compareTrees(at('source'), at('copy'), all);
    expect(result).toMatchObject({ entries: 11, notCompared: [] });
    expect(result.bytes).toBe(12 + 200_000 + 0 + 5 + 6 + 6);
    await expect(compare()).resolves.toEqual([]);
  });

  it('finds other content of the same size with the same time, in small and large files', async () => {
    writeFileSync(at('copy/folder/file'), 'same content');
    writeFileSync(at('copy/folder/deep/large'), Buffer.alloc(200_000, 'abd'));
    settle();
    const differences = await compare();
    expect(differences).toHaveLength(2);
    expect(differences[0]).toMatch(
      /^folder\/deep\/large: content: SHA-256 [0-9a-f]{12}…, in the copy [0-9a-f]{12}…$/,
    );
    expect(differences[1]).toMatch(/^folder\/file: content: SHA-256/);
  });

  it('finds another size', async () => {
    writeFileSync(at('copy/folder/file'), 'more than some content');
    settle();
    await expect(compare()).resolves.toEqual(['folder/file: size: 12, in the copy 22']);
  });

  it('finds another mode of a file and of a folder', async () => {
    chmodSync(at('source/folder/file'), 0o644);
    chmodSync(at('copy/folder/file'), 0o4644);
    chmodSync(at('source/folder/deep'), 0o755);
    chmodSync(at('copy/folder/deep'), 0o750);
    settle();
    await expect(compare()).resolves.toEqual([
      'folder/deep: mode: 0755, in the copy 0750',
      'folder/file: mode: 0644, in the copy 4644',
    ]);
  });

  it('finds another time of a file, of a folder and of the top, to less than a millisecond', async () => {
    for (const path of ['folder/file', 'folder', '']) lutimesSync(at('copy', path), when, when + 0.000_01);
    const differences = await compare();
    expect(differences.map((line) => line.slice(0, line.indexOf(' modified')))).toEqual([
      '.:',
      'folder:',
      'folder/file:',
    ]);
    expect(differences[2]).toContain(
      'modified: 2020-09-13T12:26:40.500000000Z, in the copy 2020-09-13T12:26:40.500',
    );
  });

  it('finds what is missing and what is extra, with all that is in it', async () => {
    rmSync(at('copy/new\nline'));
    rmSync(at('source/folder/deep'), { recursive: true });
    settle();
    await expect(compare()).resolves.toEqual([
      'folder/deep: only in the copy',
      'folder/deep/large: only in the copy',
      'new\\nline: missing in the copy',
    ]);
  });
  it('finds another type', async () => {
    rmSync(at('copy/folder/file'));
    mkdirSync(at('copy/folder/file'));
    settle();
    await expect(compare()).resolves.toEqual([
      'folder/file: extended attribute note: missing in the copy',
      'folder/file: type: file, in the copy folder',
    ]);
  });

  it('finds another link target', async () => {
    rmSync(at('copy/link'));
    symlinkSync('folder/FILE', at('copy/link'));
    settle();
    await expect(compare()).resolves.toEqual(['link: link target: folder/file, in the copy folder/FILE']);
  });

  it('finds a hard link that became two files', async () => {
    unlinkSync(at('copy/folder/twin two'));
    writeFileSync(at('copy/folder/twin two'), 'twins');
    settle();
    await expect(compare()).resolves.toEqual([
      'twin one: hard link: one file with folder/twin two, not so in the copy',
    ]);
  });

  it('finds two files that became one', async () => {
    unlinkSync(at('copy/single two'));
    linkSync(at('copy/single one'), at('copy/single two'));
    settle();
    await expect(compare()).resolves.toEqual([
      'single two: hard link: in the copy one file with single one, not so in the source',
    ]);
  });

  it('does not mind that files of the copy have names outside of it, as snapshots have', async () => {
    mkdirSync(at('snapshot'));
    linkSync(at('copy/single one'), at('snapshot/single one'));
    linkSync(at('copy/twin one'), at('snapshot/twin one'));
    await expect(compare()).resolves.toEqual([]);
  });

  it('finds extended attributes that are missing, extra or different', async () => {
    await writeXattrs(at('source'), [
      { path: Buffer.from('twin one'), xattrs: new Map([['gone', Buffer.from('1')]]) },
    ]);
    await writeXattrs(at('copy'), [
      { path: Buffer.from('folder/file'), xattrs: new Map([['note', Buffer.from('ONE')]]) },
      { path: Buffer.from('folder'), xattrs: new Map([['more', Buffer.alloc(0)]]) },
    ]);
    settle();
    await expect(compare()).resolves.toEqual([
      'folder: extended attribute more: only in the copy',
      'folder/file: extended attribute note: another value',
      // Both names of the one file have it.
      'folder/twin two: extended attribute gone: missing in the copy',
      'twin one: extended attribute gone: missing in the copy',
    ]);
  });

  it('says what it did not compare', async () => {
    await writeXattrs(at('copy'), [
      { path: Buffer.from('folder'), xattrs: new Map([['more', Buffer.from('1')]]) },
    ]);
    const result = await compareTrees(at('source'), at('copy'), { ownership: false, xattrs: false });
    expect(found(result).filter((line) => line.includes('attribute'))).toEqual([]);
    expect(result.notCompared).toEqual(['owners: not asked for', 'extended attributes: not asked for']);
  });

  it('says so when there is no tool for extended attributes', async () => {
    const path = process.env['PATH'];
    process.env['PATH'] = at('folder');
    const result = await compareTrees(at('source'), at('copy'), all);
    process.env['PATH'] = path;
    expect(result.notCompared).toEqual([expect.stringMatching(/^extended attributes: .*not installed/)]);
  });

  it('lists a thousand differences and counts the rest', async () => {
    mkdirSync(at('source/many'));
    for (let n = 0; n < 1200; n += 1) writeFileSync(at('source/many', String(n)), '');
    const result = await compareTrees(at('source'), at('copy'), all);
    expect(result.differences).toHaveLength(1000);
    expect(result.differenceCount).toBeGreaterThanOrEqual(1201);
  });

  it('fails when there is no copy at all', async () => {
    await expect(compareTrees(at('source'), at('nothing'), all)).rejects.toThrow(/ENOENT/);
  });

  // Only root can make what the first of these needs, and only others can see what the second needs.
  if (isRoot) {
    it('finds another owner or group', async () => {
      chownSync(at('copy/folder/file'), 1234, lstatSync(at('source/folder/file')).gid);
      chownSync(at('copy/folder/deep'), 0, 4321);
      settle();
      await expect(compare()).resolves.toEqual([
        'folder/deep: owner: 0:0, in the copy 0:4321',
        'folder/file: owner: 0:0, in the copy 1234:0',
      ]);
    });
  } else {
    it('names what this user may not read', async () => {
      chmodSync(at('copy/folder/file'), 0);
      chmodSync(at('source/folder/file'), 0);
      const result = await compareTrees(at('source'), at('copy'), { ...all, xattrs: false });
      expect(result.notCompared).toContain('folder/file: permission denied');
    });
  }
});
