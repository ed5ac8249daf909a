import { lstat, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFilterFile } from '../filter';
import { GatedRemote } from '../testkit/gated-remote';
import { describeTree, plantHostileTree } from '../testkit/tree';
import { detectRsync } from './detect-rsync';
import { negotiate } from './negotiate';
import type { RsyncRunResult } from './rsync-run';
import { runRsync } from './run-rsync';
import { buildTransferArgs } from './transfer-args';
import type { TransferMode } from './transfer-input';

jest.setTimeout(60_000);

describe('a pull through the gate', () => {
  let remote: GatedRemote;
  let source: string;
  let folder: string;

  beforeAll(async () => {
    remote = await GatedRemote.start();
    source = join(remote.temp.path, 'Users/ann [odd] *name*');
    folder = join(remote.temp.path, 'pulled');
    await plantHostileTree(source);
    await mkdir(folder);
    await writeFile(join(remote.temp.path, 'gate/credentials/test.sources'), `${remote.temp.path}/Users\n`);
  });
  afterAll(() => remote.stop());

  async function pull(
    path: string,
    mode: TransferMode,
    { moduleRoot = '', filterFile = null as string | null } = {},
  ): Promise<RsyncRunResult> {
    const local = await detectRsync();
    const system = process.platform === 'darwin' ? 'darwin' : 'linux';
    const negotiation = negotiate(local, local, {
      direction: 'pull',
      localSystem: system,
      remoteSystem: system,
      receiverIsRoot: process.getuid?.() === 0,
      destinationFileSystem: null,
    });
    const encoded = encodeURIComponent(path).replaceAll('%2F', '/').replaceAll('*', '%2A');
    return runRsync({
      binary: local.binary,
      args: buildTransferArgs({
        negotiation,
        direction: 'pull',
        far: {
          kind: 'gate',
          rsyncPath: `fc send ${encoded} run-1`,
          moduleRoot,
          sshConfigFile: remote.ssh.configFile,
        },
        destinationFolder: folder,
        mode,
        pass: { kind: 'full' },
        sourcePaths: [path],
        filterFile,
        compression: { method: 'none' },
      }),
      folder: remote.attemptFolder,
      silenceTimeoutMs: 30_000,
      signal: new AbortController().signal,
      onSpawn: () => undefined,
      onProgress: () => undefined,
      onLog: () => undefined,
    });
  }

  it('keeps the whole path of a folder, and in the archive too', async () => {
    const first = await pull(source, { kind: 'mirror', archiveName: 'first' });

    expect(first).toMatchObject({ exitCode: 0, stderrTail: '' });
    expect(await describeTree(join(folder, 'current', source))).toEqual(await describeTree(source));

    await writeFile(join(source, 'plain'), 'a new version, longer than before');
    await rm(join(source, 'private'));
    const second = await pull(source, { kind: 'mirror', archiveName: 'second' });

    expect(second).toMatchObject({ exitCode: 0, stderrTail: '' });
    expect(await describeTree(join(folder, 'current', source))).toEqual(await describeTree(source));
    expect((await readdir(join(folder, 'archive/second', source))).sort()).toEqual(['plain', 'private']);
  });

  it('keeps the whole path of a single file, and touches nothing beside it', async () => {
    const file = join(source, '.hidden');
    const beside = join(folder, 'current', source, 'only in the copy');
    await writeFile(beside, 'x');
    const result = await pull(file, { kind: 'mirror', archiveName: 'file' }, { moduleRoot: '/.hidden' });

    expect(result).toMatchObject({ exitCode: 0, stderrTail: '' });
    expect(await readFile(join(folder, 'current', file))).toEqual(await readFile(file));
    expect(await readFile(beside, 'utf8')).toBe('x');
  });

  it('links what is the same in the snapshot before, and leaves out what the filter says', async () => {
    const filterFile = await writeFilterFile(
      remote.temp.path,
      [{ kind: 'exclude', pattern: '/nested folder/' }],
      [source],
    );
    await pull(source, { kind: 'snapshot', linkDest: null }, { filterFile });
    await mkdir(join(folder, 'snapshots'));
    await rename(join(folder, 'partial'), join(folder, 'snapshots/one'));
    const result = await pull(source, { kind: 'snapshot', linkDest: 'one' }, { filterFile });

    expect(result).toMatchObject({ exitCode: 0, stderrTail: '' });
    const [one, two] = [join(folder, 'snapshots/one', source), join(folder, 'partial', source)];
    expect((await lstat(join(two, 'plain'))).ino).toBe((await lstat(join(one, 'plain'))).ino);
    expect(await readdir(two)).not.toContain('nested folder');
  });
});
