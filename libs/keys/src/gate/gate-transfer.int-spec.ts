import { chmod, lstat, mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
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

describe.each(remotes)('a backup through the gate, as $name', ({ start }) => {
  let remote: GatedRemote;
  let source: string;
  let plan: string;
  let moduleRoot: string;
  const attempt = () => ({ planDirectory: plan, runId: 'run-1', fence: 7 });

  beforeAll(async () => {
    remote = await start();
    source = join(remote.gate.folder, 'source');
    plan = join(remote.gate.root, 'studio mac', 'ann ü [*?]');
    await mkdir(source, { recursive: true });
    await makeOddTree(source);
    if (remote.uid !== process.getuid?.()) {
      await runProgram(['chown', '-hR', `${remote.uid}:${remote.uid}`, source], { env: process.env });
      await chmod(join(source, 'plain.txt'), 0o4711); // a change of owner takes the setuid bit away
    }
  });
  afterAll(() => remote.stop());

  const destination = (path = 'current/') => `remote::${moduleDestination(moduleRoot, path)}`;
  const rsyncPath = () => `--rsync-path=${gateCommands.rsyncPath(attempt())}`;
  const push = (...args: string[]) =>
    remote.rsync('-aHAX', '--numeric-ids', rsyncPath(), ...args, '--', `${source}/`, destination());
  const mirror = (time: string) =>
    push(
      ...['--delete-after', '--delay-updates', '--partial-dir=.fleetclone-partial', '--stats'],
      ...['--backup', `--backup-dir=${moduleOptionPath(moduleRoot, `archive/${time}`)}`],
    );
  const state = async () => Object.fromEntries(await describeTree(join(plan, '.fleetclone')));

  it('begins', async () => {
    const result = await remote.request(gateCommands.begin(attempt()));
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    const reply = parseBeginReply(result.stdout);
    expect(reply).toMatchObject({ uid: remote.uid, moduleRoot: remote.uid === 0 ? '' : plan });
    ({ moduleRoot } = reply);
  });

  it('makes an equal copy: odd names, owners, modes, times, hard links, links to anywhere', async () => {
    expect(await mirror('1')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await describeTree(join(plan, 'current'))).toEqual(await describeTree(source));
    await expect(readlink(join(plan, 'current/absolute link'))).resolves.toBe('/etc/passwd');
  });

  it('arrives at the gate as exactly the request that was meant', async () => {
    const encoded = plan
      .replace('ann ü [*?]', 'ann%20%C3%BC%20%5B%2A%3F%5D')
      .replace('studio mac', 'studio%20mac');
    await expect(remote.commands()).resolves.toEqual([
      `fc begin ${encoded} run-1 7`,
      `fc rsync ${encoded} run-1 7 --server --daemon .`,
    ]);
  });

  it("moves what it replaces and deletes into the plan's own archive", async () => {
    await writeFile(join(source, '-rf'), 'changed');
    await rm(join(source, 'café NFC'));
    const result = await mirror('2');
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(result.stdout).toContain('Number of deleted files: 1 ');
    expect(await describeTree(join(plan, 'current'))).toEqual(await describeTree(source));
    await expect(readFile(join(plan, 'archive/2/-rf'), 'utf8')).resolves.toBe('-rf'.repeat(3));
    await expect(readdir(join(plan, 'archive/2'))).resolves.toEqual(['-rf', 'café NFC']);
    expect((await readdir(plan)).sort()).toEqual(['.fleetclone', 'archive', 'current']);
  });

  it('lets the client write nowhere but where it should', async () => {
    const before = await state();
    const places = [
      '',
      '.',
      '/.',
      '.fleetclone/',
      'current/../.fleetclone/',
      'current/\\.\\./.fleetclone/',
      'other/',
      '../',
    ];
    const results = await Promise.all(
      places.map((path) => remote.rsync('-a', '--delete', rsyncPath(), `${source}/`, destination(path))),
    );
    expect(places.filter((_, index) => results[index]?.exitCode === 0)).toEqual([]);
    await expect(state()).resolves.toEqual(before);
    expect((await readdir(plan)).sort()).toEqual(['.fleetclone', 'archive', 'current']);
    expect(await describeTree(join(plan, 'current'))).toEqual(await describeTree(source));
  });

  it('refuses options that would lead elsewhere', async () => {
    const before = await state();
    const options = [
      `--backup-dir=${moduleRoot}/.fleetclone/x`,
      `--backup-dir=${moduleRoot}/archive/../.fleetclone/x`,
      '--backup-dir=../.fleetclone',
      '--backup-dir=/tmp/outside',
      `--partial-dir=${moduleRoot}/.fleetclone`,
      '--partial-dir=../../.fleetclone',
      `--temp-dir=${moduleRoot}/.fleetclone`,
      '--temp-dir=../.fleetclone',
      '--link-dest=../.fleetclone',
      '--keep-dirlinks',
      '--remote-option=--log-file=/tmp/outside',
      '--remote-option=--write-devices',
      '--remote-option=--insecure-links',
    ];
    const results = await Promise.all(options.map((option) => push('--ignore-times', '--backup', option)));
    expect(options.filter((_, index) => results[index]?.exitCode === 0)).toEqual([]);
    await expect(state()).resolves.toEqual(before);
    expect((await readdir(plan)).sort()).toEqual(['.fleetclone', 'archive', 'current']);
  });

  it('refuses to hand anything out', async () => {
    const out = join(remote.gate.folder, 'out');
    const pulled = await remote.rsync('-a', rsyncPath(), destination(), out);
    expect(pulled.exitCode).not.toBe(0);
    expect(pulled.stderr).toContain('module is write only');
    const listed = await remote.rsync(rsyncPath(), 'remote::');
    expect(listed.stdout).toBe('');
    await expect(lstat(out)).rejects.toThrow('ENOENT');
  });

  it('tells another run that it does not own the plan', async () => {
    const stranger = gateCommands.rsyncPath({ ...attempt(), runId: 'run-2' });
    const result = await remote.rsync('-a', `--rsync-path=${stranger}`, `${source}/`, destination());
    expect(result.exitCode).toBe(5);
    expect(result.stderr).toMatch(/^fc-gate: superseded by run-1 7$/m);
    const finished = await remote.request(
      gateCommands.finish({ ...attempt(), runId: 'run-2', outcome: 'failed' }),
    );
    expect(finished).toEqual({ exitCode: 76, stdout: '', stderr: 'fc-gate: superseded by run-1 7\n' });
  });

  it('refuses everything that is not a request', async () => {
    for (const command of ['id', 'rsync --server --daemon .', 'fc probe clock; id']) {
      const result = await remote.request(command);
      expect(result).toEqual({ exitCode: 77, stdout: '', stderr: 'fc-gate: denied\n' });
    }
  });

  it('finishes, and then takes nothing more', async () => {
    expect(await mirror('3')).toMatchObject({ exitCode: 0 });
    expect(await remote.request(gateCommands.finish({ ...attempt(), outcome: 'succeeded' }))).toMatchObject({
      exitCode: 0,
      stdout: '@@finish\noutcome succeeded\n@@end\n',
    });
    await expect(readdir(join(remote.gate.base, 'run'))).resolves.toEqual([]);
    const late = await mirror('4');
    expect(late.stderr).toMatch(/^fc-gate: superseded by run-1 7 \(succeeded\)$/m);
  });
});

// Root is locked in by chroot. What an ordinary user's client can do with planted links is said in gate.sh.
if (process.getuid?.() === 0) {
  describe('a hostile client of a gate that runs as root', () => {
    let remote: GatedRemote;
    let source: string;
    let outside: string;
    let plan: string;
    const attempt = () => ({ planDirectory: plan, runId: 'run-1', fence: 7 });
    const push = (folder: string, target: string, ...args: string[]) =>
      remote.rsync(
        '-aI',
        `--rsync-path=${gateCommands.rsyncPath(attempt())}`,
        ...args,
        `${folder}/`,
        `remote::plan/${target}`,
      );

    beforeEach(async () => {
      remote = await startSshRemote();
      source = join(remote.gate.folder, 'source');
      outside = join(remote.gate.folder, 'outside');
      plan = join(remote.gate.root, 'plan');
      for (const folder of [outside, join(source, 'links'), join(source, 'files')])
        await mkdir(folder, { recursive: true });
      await symlink(outside, join(source, 'links', 'absolute'));
      await symlink('../../../../outside', join(source, 'links', 'upward'));
      await symlink('../.fleetclone', join(source, 'links', 'state'));
      await writeFile(join(source, 'files', 'claim.99'), 'evil 99\n');
      await writeFile(join(source, 'files', 'plan.json'), 'evil');
      await remote.request(gateCommands.begin(attempt()));
      expect(await push(join(source, 'links'), 'current/')).toMatchObject({ exitCode: 0 });
    });
    afterEach(() => remote.stop());

    it.each(['absolute', 'upward'])('cannot leave the plan by the %s link it planted', async (name) => {
      const files = join(source, 'files');
      const options = ['--backup-dir', '--partial-dir', '--temp-dir', '--link-dest', '--compare-dest'];
      expect(await push(files, 'current/sub/')).toMatchObject({ exitCode: 0 }); // so that there is something to replace
      await Promise.all([
        push(files, `current/${name}/`),
        push(files, `current/${name}/deeper/`),
        ...options.map((option) =>
          push(files, 'current/sub/', '--backup', '--delay-updates', `${option}=/current/${name}`),
        ),
      ]);
      await expect(readdir(outside)).resolves.toEqual([]);
    });

    it('can spoil at most the state of its own plan, which the gate never follows out of it', async () => {
      await symlink(outside, join(source, 'files', 'history'));
      await symlink(outside, join(source, 'files', 'lock'));
      await push(join(source, 'files'), 'current/state/', '--force', '--delete');

      const begun = await remote.request(gateCommands.begin({ ...attempt(), fence: 8 }));
      const finished = await remote.request(
        gateCommands.finish({ ...attempt(), fence: 8, outcome: 'failed' }),
      );

      for (const { exitCode } of [begun, finished]) expect([0, 74, 76]).toContain(exitCode);
      await expect(readdir(outside)).resolves.toEqual([]);
    });
  });
}
