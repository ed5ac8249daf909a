import { execFile } from 'node:child_process';
import { type Dirent, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import {
  appendFile,
  chmod,
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { GatedRemote } from '../testkit/gated-remote';
import { describeTree } from '../testkit/tree';
import { type Attempt, type AttemptOptions, TestAgent } from '../testkit/whole-attempt';

jest.setTimeout(120_000);

const run = promisify(execFile);

const ROUNDS = 20;
const FILES = ['one', 'two', 'three', 'four', 'five', 'six'];

describe('what keeps a copy from harm', () => {
  let remote: GatedRemote;
  let agent: TestAgent;
  let source: string;
  let other: string;
  const copyOf = (folder: string): string => join(remote.planFolder, 'current', folder);
  const attempt = (options: Partial<AttemptOptions> = {}): Promise<Attempt> =>
    agent.attempt({ sources: [source, other], ...options });

  async function expectEqual(): Promise<void> {
    for (const folder of [source, other])
      expect(await describeTree(copyOf(folder))).toEqual(await describeTree(folder));
  }

  /** The agent knows nothing of the destination any more. */
  const forget = (): Promise<void> => rm(agent.catalogueFolder, { recursive: true, force: true });

  async function plant(): Promise<void> {
    await mkdir(join(source, 'folder'), { recursive: true });
    for (const name of FILES) await writeFile(join(source, 'folder', name), name);
    await writeFile(join(source, 'beside'), 'beside');
  }

  beforeEach(async () => {
    remote = await GatedRemote.start();
    await remote.keepConnection();
    agent = new TestAgent(remote);
    source = join(remote.temp.path, 'Users/ann');
    other = join(remote.temp.path, 'Users/shared');
    await plant();
    await mkdir(other, { recursive: true });
    for (const name of FILES) await writeFile(join(other, name), name);
  });
  afterEach(() => remote.stop());

  describe('a source folder that was emptied', () => {
    const empty = async (): Promise<void> => {
      for (const name of await readdir(source)) await rm(join(source, name), { recursive: true });
    };
    const emptied = {
      outcome: { result: 'partial', code: 'TRANSFER.SOURCE_EMPTIED', retryable: false },
    };

    it('keeps its copy in a mirror, whether or not a state is known, and other sources go on', async () => {
      await attempt();
      const before = await entriesOf(copyOf(source));
      await empty();
      for (const file of ['one', 'two']) {
        await rm(join(other, file));
        await writeFile(join(other, 'three'), `changed with ${file}`);
        expect(await attempt()).toMatchObject(emptied);
        expect(await entriesOf(copyOf(source))).toEqual(before);
        expect(await describeTree(copyOf(other))).toEqual(await describeTree(other));
        await forget();
      }
      await plant();
      expect(await attempt()).toMatchObject({ strategy: 'full', outcome: { result: 'complete' } });
      await expectEqual();
    });

    it('is in the next snapshot with all that it had', async () => {
      const first = await attempt({ mode: 'snapshots' });
      const before = await describeTree(join(remote.planFolder, 'snapshots', first.snapshotName));
      const had = await entriesOf(join(remote.planFolder, 'snapshots', first.snapshotName, source));
      await empty();
      await rm(join(other, 'two'));
      await chmod(join(other, 'three'), 0o600);
      const held = await attempt({ mode: 'snapshots' });

      expect(held).toMatchObject(emptied);
      expect(await describeTree(join(remote.planFolder, 'snapshots', first.snapshotName))).toEqual(before);
      expect(await entriesOf(join(remote.planFolder, 'latest', source))).toEqual(had);
      expect(await describeTree(join(remote.planFolder, 'latest', other))).toEqual(await describeTree(other));
    });
  });

  describe('more deletions than are allowed', () => {
    const held = { outcome: { result: 'partial', code: 'TRANSFER.MAX_DELETE' }, deletionsSkipped: true };

    async function deleteMany(): Promise<void> {
      await rm(join(source, 'folder'), { recursive: true });
      await rm(join(other, 'two'));
      await writeFile(join(other, 'one'), 'changed');
      await writeFile(join(source, 'new'), 'new');
    }

    it('are none at all in a mirror, and the next run with a higher limit makes them', async () => {
      await attempt();
      await deleteMany();
      for (const strategy of ['quick', 'full']) {
        await writeFile(join(other, 'one'), `changed for ${strategy}`);
        expect(await attempt({ maxDeletes: 7 })).toMatchObject({ ...held, strategy });
        expect(await entriesOf(copyOf(source))).toEqual(
          ['', 'beside', 'folder', 'new', ...FILES.map((name) => `folder/${name}`)].sort(),
        );
        expect(await entriesOf(copyOf(other))).toEqual(['', ...FILES].sort());
        expect(await readFile(join(copyOf(other), 'one'), 'utf8')).toBe(`changed for ${strategy}`);
        await forget();
      }
      expect(await attempt({ maxDeletes: 8 })).toMatchObject({ outcome: { result: 'complete' } });
      await expectEqual();
    });

    it('are in the next snapshot still, which shares nothing that changed with the one before', async () => {
      const first = await attempt({ mode: 'snapshots' });
      const before = await describeTree(join(remote.planFolder, 'snapshots', first.snapshotName));
      const latest = join(remote.planFolder, 'latest');
      await deleteMany();
      for (const [strategy, mode] of [
        ['quick', 0o600],
        ['full', 0o640],
      ] as const) {
        await chmod(join(other, 'three'), mode);
        const result = await attempt({ mode: 'snapshots', maxDeletes: 7 });

        expect(result).toMatchObject({ ...held, strategy });
        expect(await describeTree(join(remote.planFolder, 'snapshots', first.snapshotName))).toEqual(before);
        expect((await stat(join(latest, other, 'three'))).mode & 0o777).toBe(mode);
        expect(await entriesOf(join(latest, source))).toContain('folder/six');
        expect(await readFile(join(latest, source, 'new'), 'utf8')).toBe('new');
        expect(await entriesOf(join(latest, other))).toEqual(['', ...FILES].sort());
        expect(await readFile(join(latest, other, 'one'), 'utf8')).toBe('changed');
      }
    });
  });

  it('counts deletions of a snapshot too when nothing is known of the one before', async () => {
    const first = await attempt({ mode: 'snapshots' });
    const published = join(remote.planFolder, 'snapshots', first.snapshotName);
    const before = await describeTree(published);
    for (const name of ['one', 'two', 'three']) await rm(join(other, name));
    await chmod(join(other, 'four'), 0o600);
    await forget();
    const held = await attempt({ mode: 'snapshots', maxDeletes: 2 });

    expect(held).toMatchObject({
      strategy: 'full',
      outcome: { result: 'partial', code: 'TRANSFER.MAX_DELETE' },
      deletionsSkipped: true,
    });
    const latest = join(remote.planFolder, 'latest');
    expect(await entriesOf(join(latest, other))).toEqual(['', ...FILES].sort());
    expect((await stat(join(latest, other, 'four'))).mode & 0o777).toBe(0o600);
    await forget();
    expect(await attempt({ mode: 'snapshots', maxDeletes: 3 })).toMatchObject({
      outcome: { result: 'complete' },
    });
    expect(await describeTree(join(latest, other))).toEqual(await describeTree(other));
    expect(await describeTree(published)).toEqual(before);
  });

  describe('a source folder that another one takes the place of during the run', () => {
    const replace = (): void => {
      renameSync(source, `${source} away`);
      mkdirSync(source);
      writeFileSync(join(source, 'stranger'), 'of another disk');
    };
    const bringBack = async (): Promise<void> => {
      await rm(source, { recursive: true });
      await rename(`${source} away`, source);
    };
    const replaced = { outcome: { result: 'failed', code: 'TRANSFER.SOURCE_REPLACED', retryable: true } };

    it('fails the run, and the next one makes the copy good', async () => {
      await attempt();
      for (const [strategy, options] of [
        ['full', { fullScanEveryMs: 0 }],
        ['quick', {}],
      ] as const) {
        await writeFile(join(source, 'folder/one'), `changed for ${strategy}`);
        const nextArchiveName = (): Promise<string> => {
          replace();
          return Promise.resolve(`replaced-${strategy}`);
        };
        const result = await attempt({ ...options, surroundings: { nextArchiveName } });

        expect(result).toMatchObject({ ...replaced, strategy });
        await bringBack();
        expect(await attempt()).toMatchObject({ strategy: 'full', outcome: { result: 'complete' } });
        await expectEqual();
      }
    });

    it('publishes no snapshot', async () => {
      const first = await attempt({ mode: 'snapshots' });
      let passes = 0;
      const onSpawn = (): void => {
        passes += 1;
        if (passes === 1) replace();
      };
      expect(
        await attempt({ mode: 'snapshots', fullScanEveryMs: 0, surroundings: { onSpawn } }),
      ).toMatchObject(replaced);
      expect(await readdir(join(remote.planFolder, 'snapshots'))).toEqual([first.snapshotName]);
    });
  });

  it('is that a source which is not there fails the run before anything is changed', async () => {
    await attempt();
    const before = await describeTree(join(remote.planFolder, 'current'));
    await rename(source, `${source} away`);
    await rm(join(other, 'two'));
    for (let knows = 2; knows > 0; knows -= 1) {
      expect(await attempt()).toMatchObject({
        outcome: { result: 'failed', code: 'TRANSFER.SOURCE_MISSING', retryable: false },
      });
      expect(await describeTree(join(remote.planFolder, 'current'))).toEqual(before);
      await forget();
    }
  });

  it('lets every change through, whatever comes after what', async () => {
    const seed = Number(process.env['FLEETCLONE_TEST_SEED'] ?? Date.now() % 1_000_000);
    const mutations = new Mutations(seed, source);
    await attempt();
    for (let round = 1; round <= ROUNDS; round += 1) {
      const disturbance = mutations.pick(['none', 'none', 'none', 'altered', 'forgotten'] as const);
      if (disturbance === 'altered') await new Mutations(seed + round, copyOf(source)).mutate(1);
      if (disturbance === 'forgotten') await forget();
      // What size and time hide can only be told by a catalogue.
      await mutations.mutate(6, { isHidden: disturbance !== 'forgotten' });
      try {
        const result = await attempt();
        expect(result.outcome.result).toBe('complete');
        if (disturbance === 'none') expect(result.strategy).toBe('quick');
        if (disturbance === 'forgotten') expect(result.strategy).toBe('full');
        await expectEqual();
      } catch (error) {
        const done = mutations.done.join('\n');
        throw new Error(
          `FLEETCLONE_TEST_SEED=${seed}, round ${round}, ${disturbance}:\n${done}\n${String(error)}`,
          {
            cause: error,
          },
        );
      }
      mutations.done.length = 0;
    }
  });
});

/** Changes a folder in ways that follow from the seed. */
class Mutations {
  readonly done: string[] = [];

  constructor(
    private state: number,
    private readonly root: string,
  ) {}

  pick<T>(from: readonly T[]): T {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    const picked = from[Math.floor((this.state / 2 ** 32) * from.length)];
    if (picked === undefined) throw new RangeError('nothing to pick from');
    return picked;
  }

  async mutate(count: number, { isHidden = true } = {}): Promise<void> {
    for (let at = 0; at < count; at += 1) {
      const { files, folders } = await this.entries();
      const kinds =
        files.length === 0 ? (['create'] as const) : isHidden ? [...KINDS, 'hide' as const] : KINDS;
      const kind = this.pick(kinds);
      const file = files.length === 0 ? '' : this.pick(files);
      const fresh = join(this.pick(['', ...folders]), `n${this.state.toString(36)}`);
      const folder = folders.length === 0 ? null : this.pick(folders);
      this.done.push(`${kind} ${file} ${fresh} ${folder}`);
      await this.apply(kind, join(this.root, file), join(this.root, fresh), folder);
    }
  }

  private async apply(kind: Mutation, file: string, fresh: string, inner: string | null): Promise<void> {
    const folder = inner === null ? null : join(this.root, inner);
    switch (kind) {
      case 'create':
        return writeFile(fresh, `content of ${fresh}`);
      case 'edit':
        return writeFile(file, `${this.state}`.padStart(12));
      case 'hide':
        return editBehindTheTime(file, this.state);
      case 'append':
        return appendFile(file, `${this.state}`);
      case 'truncate':
        return truncate(file, this.state % 5);
      case 'chmod':
        return chmod(this.pick([file, folder ?? file]), this.pick([0o700, 0o750, 0o755]));
      case 'rename':
        return rename(file, fresh);
      case 'move':
        return folder === null ? undefined : rename(folder, join(this.root, `m${this.state.toString(36)}`));
      case 'delete':
        return rm(file);
      case 'prune':
        return folder === null ? undefined : rm(folder, { recursive: true });
      case 'mkdir':
        await mkdir(fresh);
        return writeFile(join(fresh, 'inside'), fresh);
      case 'symlink':
        return symlink(this.pick([file, 'nowhere', '.']), fresh);
      case 'link':
        return link(file, fresh);
      case 'swap': {
        if (folder === null || file.startsWith(`${folder}/`)) return;
        const aside = join(this.root, 'aside');
        await rename(file, aside);
        await rename(folder, file);
        return rename(aside, folder);
      }
    }
  }

  private async entries(): Promise<{
    readonly files: readonly string[];
    readonly folders: readonly string[];
  }> {
    const all = await readdir(this.root, { recursive: true, withFileTypes: true });
    const paths = (isMeant: (entry: Dirent) => boolean): readonly string[] =>
      all
        .filter(isMeant)
        .map(({ parentPath, name }) => relative(this.root, join(parentPath, name)))
        .sort();
    return { files: paths((entry) => entry.isFile()), folders: paths((entry) => entry.isDirectory()) };
  }
}

const KINDS = [
  ...(['create', 'create', 'create', 'edit', 'append', 'truncate', 'chmod', 'rename', 'move'] as const),
  ...(['delete', 'prune', 'mkdir', 'mkdir', 'symlink', 'link', 'swap'] as const),
];
type Mutation = (typeof KINDS)[number] | 'hide';

/** Writes another content of the same size and puts the time back, to the nanosecond. */
async function editBehindTheTime(file: string, salt: number): Promise<void> {
  const reference = `${file}.reference`;
  await writeFile(reference, '');
  await run('touch', ['-r', file, reference]);
  const content = await readFile(file);
  await writeFile(
    file,
    content.map((byte) => byte ^ (1 + (salt % 7))),
  );
  await run('touch', ['-r', reference, file]);
  await rm(reference);
}

/** Names of everything in a folder and of the folder itself, which is the empty one. */
async function entriesOf(folder: string): Promise<readonly string[]> {
  return ['', ...(await readdir(folder, { recursive: true }))].sort();
}
