import { execFile } from 'node:child_process';
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
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { CatalogueStore } from '../catalogue/catalogue-file';
import { TICK_WINDOW_MS } from '../catalogue/scan-source';
import { GatedRemote } from '../testkit/gated-remote';
import { describeTree, plantHostileTree } from '../testkit/tree';
import { type Attempt, type AttemptOptions, TestAgent } from '../testkit/whole-attempt';
import { scanAhead } from './scan-ahead';
import type { ScanAhead } from './transfer-request';

jest.setTimeout(120_000);

const run = promisify(execFile);

describe('quick updates', () => {
  let remote: GatedRemote;
  let agent: TestAgent;
  let source: string;
  const copy = (): string => join(remote.planFolder, 'current', source);
  const attempt = (options: Partial<AttemptOptions> = {}): Promise<Attempt> =>
    agent.attempt({ sources: [source], ...options });

  async function expectEqual(): Promise<void> {
    expect(await describeTree(copy())).toEqual(await describeTree(source));
  }

  /** A quick update that has nothing to send proves that the state was known. */
  async function expectQuick(options: Partial<AttemptOptions> = {}): Promise<Attempt> {
    const result = await attempt(options);
    expect(result).toMatchObject({ strategy: 'quick', outcome: { result: 'complete' } });
    await expectEqual();
    return result;
  }

  beforeEach(async () => {
    remote = await GatedRemote.start('disk with [odd] *name*');
    await remote.keepConnection();
    agent = new TestAgent(remote);
    source = join(remote.temp.path, 'Users/ann');
    await plantHostileTree(source);
    await mkdir(join(source, 'work/deep'), { recursive: true });
    for (const name of ['one', 'two', 'three'])
      await writeFile(join(source, 'work/deep', name), name.repeat(99));
    await writeFile(join(source, 'work/large'), Buffer.alloc(300_000, 'large'));
    await settle(source);
    expect(await attempt()).toMatchObject({ strategy: 'full', outcome: { result: 'complete' } });
  });
  afterEach(() => remote.stop());

  it('send nothing when nothing changed', async () => {
    const result = await expectQuick();

    expect(result.stats).toMatchObject({ filesTransferred: 0, filesDeleted: 0 });
    expect(result.stats?.bytesSent).toBeLessThan(10_000);
    expect(result.stats?.filesTotal).toBeGreaterThan(40);
    await expectQuick();
  });

  it('send what changed, whatever became of it, and keep what that replaced', async () => {
    await appendFile(join(source, 'work/large'), 'more');
    await writeFile(join(source, 'work/deep/one'), 'another content');
    await rm(join(source, 'work/deep/two'));
    await rename(join(source, 'work/deep/three'), join(source, 'work/three moved'));
    await writeFile(join(source, '-new\nline'), 'new');
    await chmod(join(source, 'private'), 0o640);
    await chmod(join(source, 'empty folder'), 0o700);
    await unlink(join(source, 'dangling'));
    await symlink('elsewhere', join(source, 'dangling'));
    await link(join(source, 'plain'), join(source, 'plain too'));
    await rm(join(source, '*'));
    await mkdir(join(source, '*'));
    await writeFile(join(source, '*', 'inside'), 'a folder where a file was');
    await rm(join(source, 'nested folder'), { recursive: true });
    await writeFile(join(source, 'nested folder'), 'a file where a folder was');
    const result = await expectQuick();

    const [archive = ''] = await readdir(join(remote.planFolder, 'archive'));
    const kept = (path: string): Promise<string> =>
      readFile(join(remote.planFolder, 'archive', archive, source, path), 'utf8');
    expect(await kept('work/deep/one')).toBe('one'.repeat(99));
    expect(await kept('work/deep/two')).toBe('two'.repeat(99));
    expect(result.stats?.bytesSent).toBeLessThan(100_000);
  });

  it('notice an edit that put size and time back', async () => {
    const file = join(source, 'work/deep/one');
    const { atime, mtime } = await stat(file);
    await writeFile(file, 'ONE'.repeat(99));
    await utimes(file, atime, mtime);
    await expectQuick();

    expect(await readFile(join(copy(), 'work/deep/one'), 'utf8')).toBe('ONE'.repeat(99));
  });

  it('keep names of one file together when one of them comes or goes', async () => {
    await link(join(source, 'work/deep/one'), join(source, 'linked'));
    await expectQuick();
    await rm(join(source, 'work/deep/one'));
    await expectQuick();
  });

  it('do not lose track of a name that came and went while the first run was under way', async () => {
    const fleeting = join(source, 'work/deep/fleeting');
    await writeFile(join(source, 'work/deep/one'), 'changed');
    await attempt({
      fullScanEveryMs: 0,
      surroundings: {
        nextArchiveName: async () => {
          await writeFile(fleeting, 'copied, and gone at the end of the run');
          return 'fleeting';
        },
      },
      beforeFinish: () => rm(fleeting),
    });
    expect(await readFile(join(copy(), 'work/deep/fleeting'), 'utf8')).toContain('copied');

    const result = await expectQuick();
    expect(result.stats?.filesDeleted).toBe(1);
  });

  it('see a change that was made while the run was under way', async () => {
    await writeFile(join(source, 'work/deep/one'), 'first change');
    await attempt({ beforeFinish: () => writeFile(join(source, 'work/deep/one'), 'later change') });
    await expectQuick();
  });

  it('compare everything when it is time to', async () => {
    expect(await attempt({ fullScanEveryMs: 0 })).toMatchObject({ strategy: 'full' });
    await expectQuick();
  });

  it('find an edit that put size and time back also when everything is compared', async () => {
    const file = join(source, 'work/deep/two');
    const { atime, mtime } = await stat(file);
    await writeFile(file, 'TWO'.repeat(99));
    await utimes(file, atime, mtime);

    expect(await attempt({ fullScanEveryMs: 0 })).toMatchObject({ strategy: 'full' });
    await expectEqual();
  });

  it('have nothing to go by when the rules change', async () => {
    const rules = [{ kind: 'exclude', pattern: 'two' }] as const;
    expect(await attempt({ rules })).toMatchObject({ strategy: 'full' });
    expect(await attempt({ rules })).toMatchObject({ strategy: 'quick' });
    await writeFile(join(source, 'work/deep/two'), 'not seen');
    const result = await attempt({ rules });
    expect(result).toMatchObject({ strategy: 'quick', stats: { filesTransferred: 0 } });
  });

  describe('never take an altered destination for a good one:', () => {
    const alterations: Readonly<Record<string, (copied: string) => Promise<unknown>>> = {
      'a file with another content, and size and time put back': async (copied) => {
        const file = join(copied, 'work/deep/one');
        const { atime, mtime } = await stat(file);
        await writeFile(file, 'eno'.repeat(99));
        await utimes(file, atime, mtime);
      },
      'a file that was cut': (copied) => truncate(join(copied, 'work/large'), 10),
      'a file that is gone': (copied) => rm(join(copied, 'work/deep/three')),
      'a folder that is gone': (copied) => rm(join(copied, 'work'), { recursive: true }),
      'a file too many': (copied) => writeFile(join(copied, 'work/deep/too many'), 'foreign'),
      'another mode': (copied) => chmod(join(copied, 'private'), 0o644),
      'another time': (copied) => utimes(join(copied, 'work/large'), 1, 1),
      'another name': (copied) => rename(join(copied, 'work/large'), join(copied, 'work/LARGE')),
      'everything gone': (copied) => rm(copied, { recursive: true }),
    };

    it.each(Object.entries(alterations))('%s', async (_what, alter) => {
      await alter(copy());
      const result = await attempt();

      expect(result).toMatchObject({ strategy: 'fallback', outcome: { result: 'complete' } });
      await expectEqual();
      await expectQuick();
    });

    it('a copy that was restored from an earlier state', async () => {
      const kept = join(remote.temp.path, 'kept');
      await run('cp', ['-a', copy(), kept]);
      await writeFile(join(source, 'work/deep/one'), 'newer');
      await expectQuick();
      await rm(copy(), { recursive: true });
      await run('cp', ['-a', kept, copy()]);

      expect(await attempt()).toMatchObject({ strategy: 'fallback' });
      await expectEqual();
    });

    it('a disk that was put back to an earlier state as a whole', async () => {
      const kept = join(remote.temp.path, 'kept');
      await run('cp', ['-a', remote.planFolder, kept]);
      await writeFile(join(source, 'work/deep/one'), 'newer');
      await expectQuick();
      await rm(remote.planFolder, { recursive: true });
      await rename(kept, remote.planFolder);

      expect((await attempt()).strategy).not.toBe('quick');
      await expectEqual();
    });

    it('another disk in the place of the first', async () => {
      await rename(remote.planFolder, `${remote.planFolder} away`);
      expect((await attempt()).strategy).not.toBe('quick');
      await expectEqual();
    });

    it('a destination that another Mac has written to meanwhile', async () => {
      const other = new TestAgent(remote);
      await other.attempt({ sources: [source], rules: [] }).catch(() => undefined); // its first fence is too small
      await writeFile(join(source, 'work/deep/one'), 'for the other');
      await other.attempt({ sources: [source] });
      await writeFile(join(source, 'work/deep/two'), 'for us');
      await agent.attempt({ sources: [source] }).catch(() => undefined);
      expect((await attempt()).strategy).not.toBe('quick');
      await expectEqual();
    });

    it('a marker that is gone', async () => {
      await rm(join(remote.planFolder, '.fleetclone/marker'));
      expect(await attempt()).toMatchObject({ strategy: 'fallback' });
      await expectQuick();
    });

    describe('a copy altered behind a clock set back, by a sample that', () => {
      const LIES = {
        unchanged: () => Promise.resolve({ answer: 'yes', reason: 'the clock was set back' } as const),
      };
      /** With contents that only reading them tells from the others. */
      async function alterContents(): Promise<void> {
        const files = ['one', 'two', 'three'].map((name) => join(copy(), 'work/deep', name));
        for (const file of [...files, join(copy(), 'work/large')]) {
          const { atime, mtime, size } = await stat(file);
          await writeFile(file, Buffer.alloc(size, 'altered'));
          await utimes(file, atime, mtime);
        }
      }
      async function scanned(): Promise<ScanAhead> {
        const plan = { sourcePaths: [source], rules: [], isOneFileSystem: false };
        const signal = new AbortController().signal;
        const now = () => new Date();
        const ahead = await scanAhead(plan, new CatalogueStore(agent.catalogueFolder), { now, signal });
        await ahead.scan;
        return ahead;
      }

      it('is compared by itself', async () => {
        await alterContents();
        const result = await attempt({ destination: LIES });
        expect(result).toMatchObject({ strategy: 'fallback', outcome: { result: 'complete' } });
        expect(result.strategyReason).toMatch(/of a sample of files/);
        expect(result.log.some((line) => line.startsWith('probe: rsync'))).toBe(true);
        await expectEqual();
        await expectQuick();
      });

      it('is compared with what is sent, when the scan knew in time that something is', async () => {
        await chmod(join(source, 'private'), 0o640);
        const honest = await expectQuick({ surroundings: { ahead: await scanned() } });
        expect(honest.log.some((line) => line.startsWith('probe: rsync'))).toBe(false);
        expect(honest.stats?.filesTransferred).toBe(0);

        await alterContents();
        await chmod(join(source, 'private'), 0o600);
        const result = await attempt({ destination: LIES, surroundings: { ahead: await scanned() } });
        expect(result).toMatchObject({ strategy: 'fallback', outcome: { result: 'complete' } });
        expect(result.log.some((line) => line.startsWith('probe: rsync'))).toBe(false);
        await expectEqual();
        await expectQuick();
      });
    });

    it('a clock at the destination that was set back', async () => {
      const marker = join(remote.planFolder, '.fleetclone/marker');
      const later = Date.now() / 1000 + 3600;
      await utimes(marker, later, later);
      expect(await attempt()).toMatchObject({ strategy: 'fallback' });
      await expectEqual();
    });
  });

  describe('never go by a catalogue that does not fit:', () => {
    const header = (): string => join(agent.catalogueFolder, 'header.json');
    const body = async (): Promise<string> => {
      const name = (await readdir(agent.catalogueFolder)).find((entry) => entry.endsWith('.blocks'));
      return join(agent.catalogueFolder, name ?? '');
    };

    it.each<[string, () => Promise<unknown>]>([
      ['none', () => rm(agent.catalogueFolder, { recursive: true })],
      ['a damaged body', async () => writeFile(await body(), Buffer.alloc(100, 1))],
      ['a body that is cut off', async () => truncate(await body(), 200)],
      ['no body', async () => rm(await body())],
      ['no header', () => writeFile(header(), '{"formatVersion":1}')],
      ['a header that is cut off', () => truncate(header(), 30)],
      ['that of another plan', () => changeHeader({ scope: 'another' })],
      ['that of another attempt', () => changeHeader({ writtenBy: { runId: 'run-1', fence: 99 } })],
    ])('%s', async (_what, spoil) => {
      await spoil();
      await writeFile(join(source, 'work/deep/one'), 'changed');
      await rm(join(source, 'work/deep/two'));
      expect(await attempt()).toMatchObject({ strategy: 'full', outcome: { result: 'complete' } });
      await expectEqual();
      await expectQuick();
    });

    it('one that was written in what is now the future', async () => {
      await writeFile(join(source, 'work/deep/one'), 'changed');
      const past = new Date(Date.now() - 3_600_000);
      expect(await attempt({ surroundings: { now: () => past } })).toMatchObject({ strategy: 'full' });
      await expectEqual();
    });

    it.each(['before-finish', 'before-settling'] as const)('that of before a crash %s', async (dies) => {
      await writeFile(join(source, 'work/deep/one'), 'changed once');
      await attempt({ dies });
      await writeFile(join(source, 'work/deep/two'), 'changed twice');
      expect(await attempt()).toMatchObject({ strategy: 'full' });
      await expectEqual();
      await expectQuick();
    });

    it.each(['before-finish', 'before-settling'] as const)(
      'that of before a crash %s, when an edit after it put size and time back',
      async (dies) => {
        const file = join(source, 'work/deep/one');
        await writeFile(file, 'sent'.repeat(75));
        await utimes(file, 1_700_000_000, 1_700_000_000);
        await attempt({ dies });
        await writeFile(file, 'SENT'.repeat(75));
        await utimes(file, 1_700_000_000, 1_700_000_000);
        await attempt();
        await expectEqual();
      },
    );

    async function changeHeader(changes: object): Promise<void> {
      const now = JSON.parse(await readFile(header(), 'utf8')) as object;
      await writeFile(header(), JSON.stringify({ ...now, ...changes }));
    }
  });
});

/** Gives everything a time well before the run, and lets the change times of that come to rest. */
async function settle(folder: string): Promise<void> {
  await run('find', [folder, '-exec', 'touch', '-h', '-d', '2026-01-02 03:04:05.678', '{}', '+']);
  await pause(TICK_WINDOW_MS + 50);
}
