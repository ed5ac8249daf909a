import { execFile } from 'node:child_process';
import {
  appendFile,
  chmod,
  chown,
  link,
  lstat,
  lutimes,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { TICK_WINDOW_MS } from '../catalogue/scan-source';
import { extendedAttributes } from '../testkit/extended-attributes';
import { GatedRemote } from '../testkit/gated-remote';
import { describeTree, plantHostileTree } from '../testkit/tree';
import { type Attempt, type AttemptOptions, TestAgent } from '../testkit/whole-attempt';

jest.setTimeout(120_000);

const run = promisify(execFile);
const isRoot = process.getuid?.() === 0;

describe('snapshots', () => {
  let remote: GatedRemote;
  let agent: TestAgent;
  let source: string;
  let first: Attempt;
  const snapshot = (name: string): string => join(remote.planFolder, 'snapshots', name);
  const copyIn = (name: string): string => join(snapshot(name), source);
  const attempt = (options: Partial<AttemptOptions> = {}): Promise<Attempt> =>
    agent.attempt({ sources: [source], mode: 'snapshots', ...options });
  const inode = async (path: string): Promise<number> => (await lstat(path)).ino;

  async function expectLatest(name: string): Promise<void> {
    expect(await readlink(join(remote.planFolder, 'latest'))).toBe(`snapshots/${name}`);
    expect(await describeTree(copyIn(name))).toEqual(await describeTree(source));
    await expect(lstat(join(remote.planFolder, 'partial'))).rejects.toThrow('ENOENT');
  }

  /** Whatever happens in between, the first snapshot stays what it was. */
  async function besideTheFirst<T>(act: () => Promise<T>): Promise<T> {
    const before = await picture(snapshot(first.snapshotName));
    const result = await act();
    expect(await picture(snapshot(first.snapshotName))).toEqual(before);
    return result;
  }

  beforeEach(async () => {
    remote = await GatedRemote.start();
    await remote.keepConnection();
    agent = new TestAgent(remote);
    source = join(remote.temp.path, 'Users/ann');
    await plantHostileTree(source);
    await mkdir(join(source, 'work/deep'), { recursive: true });
    for (const name of ['one', 'two', 'three', 'four', 'five', 'six'])
      await writeFile(join(source, 'work/deep', name), name.repeat(99));
    await writeFile(join(source, 'work/large'), Buffer.alloc(300_000, 'large'));
    await settle(source);
    first = await attempt();
    expect(first).toMatchObject({ strategy: 'full', outcome: { result: 'complete' } });
    await expectLatest(first.snapshotName);
  });
  afterEach(() => remote.stop());

  it('are complete when nothing changed, and cost next to nothing', async () => {
    // Who dies before it writes down what it knows has published all the same, and knows nothing afterwards.
    for (const [dies, strategy] of [
      ['before-settling', 'quick'],
      [undefined, 'full'],
      [undefined, 'quick'],
    ] as const) {
      const result = await besideTheFirst(() => attempt({ ...(dies !== undefined && { dies }) }));

      expect(result).toMatchObject({
        strategy,
        outcome: { result: 'complete' },
        stats: { filesTransferred: 0 },
      });
      await expectLatest(result.snapshotName);
      expect(await inode(join(copyIn(result.snapshotName), 'work/large'))).toBe(
        await inode(join(copyIn(first.snapshotName), 'work/large')),
      );
    }
    expect((await readdir(join(remote.planFolder, 'snapshots'))).length).toBe(4);
  });

  describe.each([
    ['quick', {}],
    ['full', { fullScanEveryMs: 0 }],
  ] as const)('made by a %s run', (strategy, options) => {
    it('take up every kind of change and leave the one before as it was', async () => {
      const attributes = extendedAttributes();
      await changeEverything();
      await attributes?.set(join(source, 'bell\u0007'), 'new');
      const result = await besideTheFirst(() => attempt(options));

      expect(result).toMatchObject({ strategy, outcome: { result: 'complete' } });
      await expectLatest(result.snapshotName);
      expect(await readFile(join(copyIn(first.snapshotName), 'work/deep/one'), 'utf8')).toBe(
        'one'.repeat(99),
      );
      expect(await readFile(join(copyIn(result.snapshotName), 'work/deep/two'), 'utf8')).toBe(
        'TWO'.repeat(99),
      );
      for (const same of ['plain', 'set-uid', 'line\nend'])
        expect(await inode(join(copyIn(result.snapshotName), same))).toBe(
          await inode(join(copyIn(first.snapshotName), same)),
        );
      if (attributes === undefined) return;
      expect(await attributes.get(join(copyIn(result.snapshotName), 'bell\u0007'))).toBe('new');
      await expect(attributes.get(join(copyIn(first.snapshotName), 'bell\u0007'))).rejects.toThrow();
    });
  });

  describe('that were not published', () => {
    async function changeAgain(): Promise<void> {
      await chmod(join(source, 'work/large'), 0o604);
      await chmod(join(source, 'same as inside'), 0o640);
      await utimes(join(source, 'plain'), 1_300_000_000, 1_300_000_000);
      if (isRoot) await chown(join(source, 'work/deep/four'), 3, 4);
      await lutimes(join(source, 'absolute link'), 1_300_000_000, 1_300_000_000);
      await writeFile(join(source, 'work/deep/six'), 'six once more');
      await editBehindTheTime(join(source, 'set-uid'), 'S');
      await rm(join(source, 'tab\there'));
      await link(join(source, 'work/large'), join(source, 'large too'));
    }

    it.each([
      ['quick', {}],
      ['full', { fullScanEveryMs: 0 }],
    ] as const)('leave the last one and the way to it as they were: %s', async (strategy, options) => {
      await changeEverything();
      await besideTheFirst(async () => {
        const died = await attempt({ ...options, dies: 'before-finish' });
        expect(died).toMatchObject({ strategy, outcome: { result: 'complete' } });
        expect(await readlink(join(remote.planFolder, 'latest'))).toBe(`snapshots/${first.snapshotName}`);
        expect(await readdir(join(remote.planFolder, 'snapshots'))).toEqual([first.snapshotName]);
        expect(await readdir(join(remote.planFolder, 'partial'))).not.toEqual([]);

        await changeAgain();
        const resumed = await attempt();
        expect(resumed).toMatchObject({ strategy: 'full', outcome: { result: 'complete' } });
        await expectLatest(resumed.snapshotName);
        expect(resumed.stats?.bytesSent).toBeLessThan(100_000);
      });
      await besideTheFirst(async () => {
        const next = await attempt();
        expect(next).toMatchObject({ strategy: 'quick', stats: { filesTransferred: 0 } });
        await expectLatest(next.snapshotName);
      });
    });

    it('are resumed also when nothing is known of the destination any more', async () => {
      await changeEverything();
      // What size and time hide from rsync only a catalogue can tell.
      await writeFile(join(source, 'work/deep/two'), 'two, seen by its time');
      await besideTheFirst(async () => {
        await attempt({ dies: 'before-finish' });
        await rm(agent.catalogueFolder, { recursive: true });
        await chmod(join(source, 'work/large'), 0o604);
        await chmod(join(source, 'same as inside'), 0o640);
        const resumed = await attempt();
        expect(resumed).toMatchObject({ strategy: 'full', outcome: { result: 'complete' } });
        await expectLatest(resumed.snapshotName);
      });
    });

    it('are resumed by the first run too', async () => {
      await rm(remote.planFolder, { recursive: true });
      await attempt({ dies: 'before-finish' });
      await expect(lstat(join(remote.planFolder, 'latest'))).rejects.toThrow('ENOENT');
      await changeEverything();
      const resumed = await attempt();
      expect(resumed.outcome.result).toBe('complete');
      await expectLatest(resumed.snapshotName);
    });
  });

  it.each<[string, (copied: string) => Promise<unknown>]>([
    [
      'another content behind size and time',
      (copied) => editBehindTheTime(join(copied, 'work/deep/one'), 'eno'.repeat(99)),
    ],
    [
      'names and attributes',
      async (copied) => {
        await rm(join(copied, 'work/deep/three'));
        await writeFile(join(copied, 'work/deep/too many'), 'foreign');
        await chmod(join(copied, 'private'), 0o644);
      },
    ],
  ])('that were altered after they were published are not gone by: %s', async (_what, alter) => {
    await alter(copyIn(first.snapshotName));
    const result = await besideTheFirst(() => attempt());

    expect(result).toMatchObject({ strategy: 'fallback', outcome: { result: 'complete' } });
    await expectLatest(result.snapshotName);
  });

  async function changeEverything(): Promise<void> {
    const deep = join(source, 'work/deep');
    await writeFile(join(deep, 'one'), 'another content');
    await editBehindTheTime(join(deep, 'two'), 'TWO'.repeat(99));
    await chmod(join(deep, 'three'), 0o711);
    if (isRoot) await chown(join(deep, 'four'), 1, 2);
    await utimes(join(deep, 'five'), 1_100_000_000, 1_100_000_000.5);
    await rename(join(deep, 'six'), join(source, 'six moved'));
    await writeFile(join(deep, 'six'), 'six again');
    await chmod(join(source, 'same as inside'), 0o604);
    await appendFile(join(source, 'work/large'), 'more');
    await link(join(source, '-rf'), join(source, 'work/-rf too'));
    await chmod(join(source, 'nested folder'), 0o700);
    await utimes(join(source, 'empty folder'), 1_100_000_000, 1_100_000_000);
    await rm(join(source, '*'));
    await rm(join(source, 'a|b|c'));
    await mkdir(join(source, 'a|b|c'));
    await writeFile(join(source, 'a|b|c/inside'), 'a folder where a file was');
    await rename(join(source, '.hidden'), join(source, '.hidden moved'));
    await unlink(join(source, 'dangling'));
    await symlink('elsewhere', join(source, 'dangling'));
    if (isRoot) await run('chown', ['-h', '5:6', join(source, 'absolute link')]);
    await writeFile(join(source, '-new\nline'), 'new');
  }
});

/** What a snapshot is, down to the times of its links. */
async function picture(folder: string): Promise<readonly string[]> {
  const links: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    links.push(`${path} ${(await lstat(path, { bigint: true })).mtimeNs}`);
  }
  return [...(await describeTree(folder)), ...links.sort()];
}

/** Writes another content and puts the time back, to the nanosecond. */
async function editBehindTheTime(file: string, content: string): Promise<void> {
  const { mtimeNs, size } = await stat(file, { bigint: true });
  expect(BigInt(content.length)).toBe(size);
  const reference = `${file}.reference`;
  await writeFile(reference, '');
  await run('touch', ['-r', file, reference]);
  await writeFile(file, content);
  await run('touch', ['-r', reference, file]);
  await rm(reference);
  expect((await stat(file, { bigint: true })).mtimeNs).toBe(mtimeNs);
}

/** Gives everything a time well before the run, and lets the change times of that come to rest. */
async function settle(folder: string): Promise<void> {
  await run('find', [folder, '-exec', 'touch', '-h', '-d', '2026-01-02 03:04:05.678', '{}', '+']);
  await pause(TICK_WINDOW_MS + 50);
}
