import {
  chmod,
  link,
  lutimes,
  mkdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import type { FilterRule } from '../filter';
import type { LinkMeasurement } from '../link/measure-link';
import { GatedRemote } from '../testkit/gated-remote';
import { describeTree } from '../testkit/tree';
import { type Attempt, type AttemptOptions, TestAgent } from '../testkit/whole-attempt';

jest.setTimeout(60_000);

const NEAR: LinkMeasurement = {
  roundTripMs: 0.2,
  bytesPerSecond: 100_000_000,
  isAtLeast: true,
  isSameMachine: true,
  measuredAtMs: 0,
};
const BYTES = (name: string, at: string): Buffer =>
  Buffer.concat([Buffer.from(`${at}/`), Buffer.from(name, 'latin1')]);

describe.each(['mirror', 'snapshots'] as const)(
  'a first copy near by, as a %s, is sent from inside its source',
  (mode) => {
    let remote: GatedRemote;
    let agent: TestAgent;
    let source: string;
    const attempt = (options: Partial<AttemptOptions> = {}): Promise<Attempt> =>
      agent.attempt({ sources: [source], mode, surroundings: { link: NEAR }, ...options });
    const copyOf = (path: string): string =>
      join(remote.planFolder, mode === 'mirror' ? 'current' : 'latest', path);
    const isFromInside = ({ log }: Attempt): boolean =>
      log.some((line) => line.startsWith('folders: rsync --files-from='));

    async function expectEqual(): Promise<void> {
      expect(await describeTree(copyOf(source))).toEqual(await describeTree(source));
    }

    beforeEach(async () => {
      remote = await GatedRemote.start();
      await remote.keepConnection();
      agent = new TestAgent(remote);
      source = join(remote.temp.path, 'Users/ann');
      await mkdir(join(source, 'a folder'), { recursive: true });
      await writeFile(join(source, 'plain'), 'plain');
      for (const name of [
        '-e',
        'new\nline',
        '\xff not UTF-8',
        '*[a]?',
        ' blank ',
        '#hash',
        ';semi',
        'back\\slash',
      ])
        await writeFile(BYTES(name, join(source, 'a folder')), name);
      await link(join(source, 'plain'), join(source, 'a folder/twin'));
      await symlink('../plain', join(source, 'a folder/link'));
      await lutimes(join(source, 'a folder/link'), 1_000_000, 1_000_000);
      await chmod(join(source, 'a folder'), 0o1750);
      await utimes(source, 1_500_000_000.5, 1_500_000_000.5);
      await chmod(join(remote.temp.path, 'Users'), 0o711);
    });
    afterEach(() => remote.stop());

    it('and equals it, up to the folders above it, as do the next ones', async () => {
      const first = await attempt();
      expect(first).toMatchObject({ strategy: 'full', outcome: { result: 'complete' } });
      expect(isFromInside(first)).toBe(true);
      await expectEqual();
      const above = join(remote.temp.path, 'Users');
      expect((await stat(copyOf(above))).mode).toBe((await stat(above)).mode);
      expect((await stat(copyOf(source), { bigint: true })).mtimeNs).toBe(
        (await stat(source, { bigint: true })).mtimeNs,
      );

      await rm(join(source, 'a folder/-e'));
      await writeFile(join(source, 'plain'), 'changed');
      await chmod(source, 0o700);
      const second = await attempt();
      expect(second).toMatchObject({ strategy: 'quick', outcome: { result: 'complete' } });
      await expectEqual();

      const third = await attempt({ fullScanEveryMs: 0 });
      expect(third).toMatchObject({ strategy: 'full', outcome: { result: 'complete' } });
      expect(isFromInside(third)).toBe(false);
      expect(third.stats?.filesTransferred).toBe(0);
      await expectEqual();
    });

    it('and leaves out what the rules say, wherever they begin', async () => {
      const left = ['cache', 'a folder/cache', 'a folder/deep'];
      for (const folder of left) await mkdir(join(source, folder), { recursive: true });
      for (const folder of left) await writeFile(join(source, folder, 'file'), folder);
      const rules: FilterRule[] = [
        { kind: 'exclude', pattern: `${source}/cache/*` },
        { kind: 'exclude', pattern: 'ann/a folder/deep/' },
        { kind: 'exclude', pattern: '-?' },
      ];
      const first = await attempt({ rules });
      expect(isFromInside(first)).toBe(true);
      const has = (path: string): Promise<string> => readFile(join(copyOf(source), path), 'utf8');
      expect(await has('a folder/cache/file')).toBe('a folder/cache');
      for (const path of ['cache/file', 'a folder/deep/file', 'a folder/-e'])
        await expect(has(path)).rejects.toThrow('ENOENT');

      // Compared once more by whole paths: nothing is missing, and nothing too much.
      const again = await attempt({ rules, fullScanEveryMs: 0 });
      expect(isFromInside(again)).toBe(false);
      expect(again.stats).toMatchObject({ filesTransferred: 0, filesDeleted: 0 });
    });

    it.each<[string, Partial<AttemptOptions>]>([
      ['a rule cannot be said there', { rules: [{ kind: 'exclude', pattern: '/**/cache' }] }],
      ['the remote is far', { surroundings: { link: { ...NEAR, roundTripMs: 10 } } }],
    ])('but not when %s', async (_why, options) => {
      const first = await attempt(options);

      expect(first.outcome.result).toBe('complete');
      expect(isFromInside(first)).toBe(false);
      await expectEqual();
    });
  },
);
