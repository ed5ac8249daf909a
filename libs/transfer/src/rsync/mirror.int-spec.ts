import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GatedRemote } from '../testkit/gated-remote';
import { mirror } from '../testkit/mirror';
import { describeTree, plantHostileTree } from '../testkit/tree';
import { extendedAttributes } from '../testkit/extended-attributes';
import { unreadableMeans } from '../testkit/unreadable';
import { detectRsync } from './detect-rsync';
import { PARTIAL_FOLDER } from '../filter';

jest.setTimeout(60_000);

describe('a mirror through the gate', () => {
  let remote: GatedRemote;
  let source: string;
  const copyOf = (path: string): string => join(remote.planFolder, 'current', path);
  const archived = (name: string, path: string): string => join(remote.planFolder, 'archive', name, path);

  beforeAll(async () => {
    remote = await GatedRemote.start('disk with [odd] *name*, and blanks');
    source = join(remote.temp.path, 'Users/ann');
    await plantHostileTree(source);
    await writeFile(join(source, 'large'), Buffer.alloc(3_000_000, 'not random'));
    expect((await mirror(remote, { sources: [source], archiveName: 'first' })).outcome.result).toBe(
      'complete',
    );
  });
  afterAll(() => remote.stop());

  it('copies every kind of entry and every name exactly', async () => {
    expect(await describeTree(copyOf(source))).toEqual(await describeTree(source));
    expect(await readdir(join(remote.planFolder))).not.toContain('archive');
  });

  it('copies the same folder whatever way its path is spelt', async () => {
    const result = await mirror(remote, {
      sources: [`${source}/./`, `${source}//nested folder`],
      archiveName: 'spelt',
    });

    expect(result.outcome.result).toBe('complete');
    expect(result.stats).toMatchObject({ filesTransferred: 0, filesDeleted: 0 });
    expect(await describeTree(copyOf(source))).toEqual(await describeTree(source));
  });

  it('sends next to nothing when nothing changed', async () => {
    const result = await mirror(remote, { sources: [source], archiveName: 'unchanged' });

    expect(result.stats).toMatchObject({ filesTransferred: 0, bytesTransferred: 0 });
    expect(result.stats?.bytesTotal).toBeGreaterThan(3_000_000);
    expect((result.stats?.bytesSent ?? 0) + (result.stats?.bytesReceived ?? 0)).toBeLessThan(20_000);
    expect(result.progress.at(-1)).toMatchObject({ bytesTransferred: 0 });
  });

  it('keeps what it replaces and deletes in the archive, and nothing else', async () => {
    await writeFile(join(source, 'plain'), 'a new version, longer than before');
    await rm(join(source, '*'));
    await rename(join(source, 'large'), join(source, 'larger'));
    const result = await mirror(remote, { sources: [source], archiveName: '2026-01-02T030405Z' });

    expect(result.outcome.result).toBe('complete');
    expect(await describeTree(copyOf(source))).toEqual(await describeTree(source));
    const archive = archived('2026-01-02T030405Z', source);
    expect((await readdir(archive)).sort()).toEqual(['*', 'large', 'plain']);
    expect(await readFile(join(archive, 'plain'), 'utf8')).toBe(`content of ${source}/plain`);
    expect(result.stats).toMatchObject({ filesDeleted: 2, filesTransferred: 2 });
  });

  it('notices an edit within the same second that leaves the size alone', async () => {
    const file = join(remote.temp.path, 'diary/today');
    await mkdir(join(remote.temp.path, 'diary'));
    await writeFile(file, 'before');
    await utimes(file, 1_700_000_000.25, 1_700_000_000.25);
    await mirror(remote, { sources: [file], archiveName: 'before' });
    await writeFile(file, 'after!');
    await utimes(file, 1_700_000_000.75, 1_700_000_000.75);
    await mirror(remote, { sources: [file], archiveName: 'after' });

    expect(await readFile(copyOf(file), 'utf8')).toBe('after!');
  });

  it('deletes only below the source roots', async () => {
    const other = join(remote.temp.path, 'Users/bob');
    await mkdir(other);
    await writeFile(join(other, 'his'), 'his');
    await mirror(remote, { sources: [source, other], archiveName: 'both' });
    await mirror(remote, { sources: [source], archiveName: 'one' });

    expect(await readFile(join(copyOf(other), 'his'), 'utf8')).toBe('his');
  });

  it('takes excludes as patterns, whatever is in them', async () => {
    const folder = join(remote.temp.path, 'excludes');
    for (const name of ['keep', 'skip', 'line\nend', '#odd', 'merge']) {
      await mkdir(join(folder, name), { recursive: true });
      await writeFile(join(folder, name, 'file'), name);
    }
    const excludes = [`${folder}/skip/`, 'line\nend', '#odd', 'x\n+ merge\n. /etc/hosts'];
    const result = await mirror(remote, { sources: [folder], excludes, archiveName: 'excludes' });

    expect(result.outcome.result).toBe('complete');
    expect((await readdir(copyOf(folder))).sort()).toEqual(['keep', 'merge']);
  });

  it('clears away what interrupted attempts left behind', async () => {
    const leftover = join(copyOf(source), 'nested folder', PARTIAL_FOLDER);
    await mkdir(leftover);
    await writeFile(join(leftover, 'of a file that is gone'), 'half');
    await mirror(remote, { sources: [source], archiveName: 'clean' });

    expect(await describeTree(copyOf(source))).toEqual(await describeTree(source));
  });

  it('warns of files that vanish under way, and copies the rest', async () => {
    const folder = join(remote.temp.path, 'vanishing');
    await mkdir(folder);
    await writeFile(join(folder, 'a first'), randomBytes(4_000_000));
    await writeFile(join(folder, 'b "gone"'), 'gone');
    await writeFile(join(folder, 'c last'), 'last');
    const result = await mirror(remote, {
      sources: [folder],
      archiveName: 'vanishing',
      bandwidthLimitKiBps: 1500,
      onProgress: ({ currentFile }) => {
        if (currentFile?.endsWith('a first') === true) void rm(join(folder, 'b "gone"'), { force: true });
      },
    });

    expect(result.outcome).toMatchObject({ result: 'complete-with-warnings', code: 'TRANSFER.VANISHED' });
    expect(result.fileErrors).toMatchObject({
      count: 1,
      first: [{ side: 'source', path: { display: join(folder, 'b "gone"') } }],
    });
    expect((await readdir(copyOf(folder))).sort()).toEqual(['a first', 'c last']);
  });

  it('fails, and deletes nothing, when the only source is not there', async () => {
    const before = await describeTree(copyOf(source));
    await rename(source, `${source}.away`);
    const result = await mirror(remote, { sources: [source], archiveName: 'missing' });
    await rename(`${source}.away`, source);

    expect(result.outcome).toMatchObject({
      result: 'failed',
      code: 'TRANSFER.SOURCE_MISSING',
      side: 'source',
    });
    expect(await describeTree(copyOf(source))).toEqual(before);
  });

  const attributes = extendedAttributes();
  if (attributes === undefined) {
    process.stdout.write('not tested here: extended attributes (no tool to set them)\n');
  } else {
    it('copies extended attributes, and a change of nothing else', async () => {
      const file = join(remote.temp.path, 'tagged/file');
      await mkdir(join(remote.temp.path, 'tagged'));
      await writeFile(file, 'the same all the time');
      await attributes.set(file, 'red');
      await mirror(remote, { sources: [file], archiveName: 'red' });
      expect(await attributes.get(copyOf(file))).toBe('red');

      await attributes.set(file, 'green');
      const result = await mirror(remote, { sources: [file], archiveName: 'green' });
      expect(await attributes.get(copyOf(file))).toBe('green');
      expect(result.stats?.bytesTransferred).toBe(0);
    });
  }

  const means = unreadableMeans();
  if ('missing' in means) {
    process.stdout.write(`not tested here: files that cannot be read (${means.missing})\n`);
  } else {
    it('copies the rest, lists each file and deletes nothing when the source cannot be read completely', async () => {
      const folder = join(remote.temp.path, 'unreadable');
      await mkdir(folder);
      for (const name of ['deleted later', 'locked\nfile', 'new later'])
        await writeFile(join(folder, name), 'before');
      await mirror(remote, { sources: [folder], archiveName: 'readable' });
      await rm(join(folder, 'deleted later'));
      for (const name of ['locked\nfile', 'new later']) await writeFile(join(folder, name), 'changed');
      await means.lock(join(folder, 'locked\nfile'));
      const { binary: rsync } = await detectRsync();
      const binary = await means.makeBinary(remote.temp.path, rsync);
      const result = await mirror(remote, {
        sources: [folder],
        archiveName: 'locked',
        ...(binary !== undefined && { binary }),
      });

      expect(result.outcome).toMatchObject({
        result: 'partial',
        code: 'TRANSFER.SOURCE_UNREADABLE',
        side: 'source',
      });
      expect(result.deletionsSkipped).toBe(true);
      expect(result.fileErrors.count).toBe(1);
      expect(result.fileErrors.first[0]?.path.bytes.toString()).toBe(join(folder, 'locked\nfile'));
      expect(result.fileErrors.first[0]?.message).toBe('Permission denied');
      expect((await readdir(copyOf(folder))).sort()).toEqual(['deleted later', 'locked\nfile', 'new later']);
      expect(await readFile(join(copyOf(folder), 'new later'), 'utf8')).toBe('changed');
      expect(await readFile(join(copyOf(folder), 'locked\nfile'), 'utf8')).toBe('before');
    });
  }
});
