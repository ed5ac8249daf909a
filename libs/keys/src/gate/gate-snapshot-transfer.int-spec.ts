import { lstat, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type GatedRemote, startLocalRemote, startSshRemote } from '../testkit/gated-remote';
import { describeTree, makeOddTree } from '../testkit/odd-tree';
import { ordinaryUser, runProgram } from '../testkit/run-program';
import { gateCommands, moduleDestination, moduleOptionPath } from './gate-commands';
import { parseBeginReply } from './gate-reply';

jest.setTimeout(60_000);
const nobody = ordinaryUser();
const remotes: { name: string; start: () => Promise<GatedRemote> }[] = [
  { name: 'this user, over a real sshd', start: startSshRemote },
  ...(nobody === undefined ? [] : [{ name: 'an ordinary user', start: () => startLocalRemote(nobody) }]),
];

describe.each(remotes)('snapshots through the gate, as $name', ({ start }) => {
  let remote: GatedRemote;
  let source: string;
  let plan: string;
  let moduleRoot: string;
  let before: ReadonlyMap<string, string>;

  beforeAll(async () => {
    remote = await start();
    source = join(remote.gate.folder, 'source');
    plan = join(remote.gate.root, 'studio mac', 'ann ü [*?]');
    await mkdir(source, { recursive: true });
    await makeOddTree(source);
    if (remote.uid !== process.getuid?.()) {
      await runProgram(['chown', '-hR', `${remote.uid}:${remote.uid}`, source], { env: process.env });
    }
    const begun = await remote.request(gateCommands.begin(attempt()));
    ({ moduleRoot } = parseBeginReply(begun.stdout));
  });
  afterAll(() => remote.stop());

  const attempt = () => ({ planDirectory: plan, runId: 'run-1', fence: 7 });
  const push = (path: string, ...args: string[]) =>
    remote.rsync(
      ...['-aHAX', '--numeric-ids', `--rsync-path=${gateCommands.rsyncPath(attempt())}`, ...args],
      ...['--', `${source}/`, `remote::${moduleDestination(moduleRoot, path)}`],
    );
  const option = (path: string) => moduleOptionPath(moduleRoot, path);
  const publish = (snapshot: string) => remote.request(gateCommands.publish({ ...attempt(), snapshot }));
  const snapshots = () => describeTree(join(plan, 'snapshots'));
  const inode = async (path: string) => (await lstat(join(plan, path))).ino;

  it('are made in "partial" and published', async () => {
    expect(await push('partial/')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await publish('one')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await describeTree(join(plan, 'snapshots/one'))).toEqual(await describeTree(source));
  });

  it('share what did not change, by the link base that they are given', async () => {
    await writeFile(join(source, '-rf'), 'changed');
    const linked = await push('partial/', `--link-dest=${option('snapshots/one')}`, '--delete-after');
    expect(linked).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await publish('two')).toMatchObject({ exitCode: 0 });
    expect(await describeTree(join(plan, 'snapshots/two'))).toEqual(await describeTree(source));
    expect(await inode('snapshots/two/big')).toBe(await inode('snapshots/one/big'));
    await expect(readFile(join(plan, 'snapshots/one/-rf'), 'utf8')).resolves.toBe('-rf'.repeat(3));
  });

  it('share it by a clone too, where only what is listed is sent, written anew', async () => {
    const kept = await describeTree(join(plan, 'snapshots/two'));
    expect(await remote.request(gateCommands.clone({ ...attempt(), snapshot: 'two' }))).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    await writeFile(join(source, 'big'), 'block');
    await writeFile(join(source, 'plain.txt'), 'plain.txt', { mode: 0o600 });
    await rm(join(source, '--delete'));
    const list = join(remote.gate.folder, 'list');
    await writeFile(list, ['.', './big', './big too', './plain.txt', './--delete'].join('\0'));
    const options = [
      '--ignore-times',
      '-d',
      '--no-implied-dirs',
      '--delete-missing-args',
      '--force',
      '--from0',
    ];
    expect(await push('partial/', ...options, '--no-recursive', `--files-from=${list}`)).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    expect(await describeTree(join(plan, 'partial'))).toEqual(await describeTree(source));
    expect(await describeTree(join(plan, 'snapshots/two'))).toEqual(kept);
    expect(await publish('three')).toMatchObject({ exitCode: 0 });
    before = await snapshots();
  });

  it('cannot be a destination, however they are spelt', async () => {
    await push('current/');
    const places = [
      ...[
        'snapshots',
        'snapshots/',
        'snapshots/one',
        'snapshots/one/',
        'snapshots/four/',
        '',
        '.',
        'latest/',
      ],
      ...['current/../snapshots/one/', 'partial/../snapshots/one/', 'current/\\.\\./snapshots/one/'],
      ...[
        './snapshots/one/',
        '/snapshots/one/',
        'snapshots/../snapshots/one/',
        'snap*/one/',
        'current/[.]./x/',
      ],
    ];
    const results = await Promise.all(places.map((path) => push(path, '--delete', '--ignore-times')));
    expect(places.filter((_, index) => results[index]?.exitCode === 0)).toEqual([]);
    expect(await snapshots()).toEqual(before);
  });

  it('cannot be reached by options that write', async () => {
    const tricks = [
      [`--backup-dir=${option('snapshots/one')}`],
      [`--backup-dir=${option('archive/../snapshots/one')}`],
      ['--backup-dir=../snapshots/one'],
      [`--partial-dir=${option('snapshots/one')}`],
      [`--temp-dir=${option('snapshots/one')}`],
      [`--temp-dir=${option('archive')}`],
      [`--link-dest=${option('.fleetclone')}`],
      [`--link-dest=${option('current')}`],
      ['--link-dest=../snapshots/one'],
      [`-M-T${option('snapshots/one')}`],
      [`-M--files-from=${option('snapshots/one/big')}`],
    ];
    const results = await Promise.all(
      tricks.map((options) => push('current/', '--ignore-times', '--backup', '--delete', ...options)),
    );
    expect(tricks.filter((_, index) => results[index]?.exitCode === 0)).toEqual([]);
    expect(await snapshots()).toEqual(before);
  });

  it('cannot be changed by what writes into an existing file', async () => {
    await remote.request(gateCommands.clone({ ...attempt(), snapshot: 'one' }));
    await writeFile(join(source, 'big'), Buffer.alloc(300_005, 'other'));
    for (const refused of ['--inplace', '--append', '--append-verify', '-M--write-devices', '-M--inplace']) {
      const { exitCode, stderr } = await push('partial/', refused);
      expect({ refused, exitCode, stderr }).toMatchObject({
        exitCode: 4,
        stderr: expect.stringContaining('The server is configured to refuse') as string,
      });
    }
    expect(await snapshots()).toEqual(before);
    expect(await push('partial/', '--delete', '--ignore-times', '--existing')).toMatchObject({ exitCode: 0 });
    expect(await snapshots()).toEqual(before);
  });

  it('cannot be reached through links that were planted before', async () => {
    const planted = join(remote.gate.folder, 'planted');
    await mkdir(planted);
    await rename(source, `${source} kept`);
    await mkdir(source);
    await symlink('../snapshots', join(source, 'up'));
    await symlink('../../snapshots', join(source, 'up 2'));
    await symlink(join(plan, 'snapshots'), join(source, 'absolute'));
    await symlink('/snapshots', join(source, 'in the chroot'));
    expect(await push('current/links/')).toMatchObject({ exitCode: 0 });
    expect(await push('current/')).toMatchObject({ exitCode: 0 });
    await push('current/', '--ignore-times', '--backup', `--backup-dir=${option('archive/links')}`);
    await rm(source, { recursive: true });
    await rename(`${source} kept`, source);

    const names = ['up', 'up 2', 'absolute', 'in the chroot', 'links/up 2'];
    const throughLinks = names.map((name) => push(`current/${name}/one/`, '--delete', '--ignore-times'));
    const backups = names.map((name) =>
      push('current/', '--ignore-times', '--backup', `--backup-dir=${option(`archive/links/${name}/one`)}`),
    );
    for (const { exitCode } of await Promise.all(throughLinks)) expect(exitCode).not.toBe(0);
    await Promise.all(backups);
    expect(await snapshots()).toEqual(before);
    await expect(readdir(join(plan, 'snapshots'))).resolves.toEqual(['one', 'three', 'two']);
  });
});
