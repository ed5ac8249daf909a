import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { type GatedRemote, startLocalRemote, startSshRemote } from '../testkit/gated-remote';
import { describeTree, makeOddTree } from '../testkit/odd-tree';
import { ordinaryUser, runProgram } from '../testkit/run-program';
import {
  GATE_DENIED,
  GATE_NOT_THERE,
  GATE_SOURCE_MODULE,
  gateCommands,
  moduleDestination,
} from './gate-commands';

jest.setTimeout(60_000);
const nobody = ordinaryUser();
const remotes: { name: string; start: () => Promise<GatedRemote> }[] = [
  { name: 'this user, over a real sshd', start: startSshRemote },
  ...(nobody === undefined ? [] : [{ name: 'an ordinary user', start: () => startLocalRemote(nobody) }]),
];

describe.each(remotes)('reading through the gate, as $name', ({ start }) => {
  let remote: GatedRemote;
  let allowed: string;
  let home: string;
  let outside: string;
  let target: string;
  let number = 0;

  beforeAll(async () => {
    remote = await start();
    allowed = join(remote.gate.folder, 'users');
    home = join(allowed, "ann's ü [*?]");
    outside = join(remote.gate.folder, 'outside');
    for (const folder of [home, outside]) await mkdir(folder, { recursive: true });
    await makeOddTree(home);
    await writeFile(join(outside, 'secret'), 'secret');
    await symlink(outside, join(home, 'way out'));
    await symlink('folders', join(home, 'way in'));
    await give(allowed);
    await chmod(join(home, 'plain.txt'), 0o4711); // a change of owner takes the setuid bit away
    await remote.gate.allowSources(join(remote.gate.folder, 'not there'), allowed);
  });
  beforeEach(async () => {
    target = join(remote.gate.folder, `target ${(number += 1)}`);
    await mkdir(target);
    await give(target);
  });
  afterAll(() => remote.stop());

  const give = async (folder: string) => {
    if (remote.uid === process.getuid?.()) return;
    await runProgram(['chown', '-hR', `${remote.uid}:${remote.uid}`, folder], { env: process.env });
  };
  const rsyncPath = (sourcePath: string) =>
    `--rsync-path=${gateCommands.send({ sourcePath, runId: 'run-1' })}`;
  const pull = (sourcePath: string, name = '', ...args: string[]) =>
    remote.rsync(
      ...['-aHAX', '--numeric-ids', rsyncPath(sourcePath), ...args],
      ...['--', `remote::${GATE_SOURCE_MODULE}/${name}`, `${target}/`],
    );
  const refusal = (reason: string) =>
    expect.stringMatching(new RegExp(`^fc-gate: ${reason}$`, 'm')) as string;

  it('gives an equal copy of a folder: odd names, owners, modes, times, hard links, links to anywhere', async () => {
    expect(await pull(home)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await describeTree(target)).toEqual(await describeTree(home));
    await expect(readlink(join(target, 'absolute link'))).resolves.toBe('/etc/passwd');
    await expect(readlink(join(target, 'way out'))).resolves.toBe(outside);
  });

  it('gives a part of it', async () => {
    expect(await pull(home, 'folders/')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await describeTree(target)).toEqual(await describeTree(join(home, 'folders')));
  });

  it.each(['big', '-rf', '*?[x]{a,b}', 'café NFC', '.hidden', 'dangling link'])(
    'gives exactly one entry when that is what is named: %s',
    async (name) => {
      const expected = (await describeTree(home)).get(`./${Buffer.from(name).toString('latin1')}`);
      expect(await pull(join(home, name))).toMatchObject({ exitCode: 0, stderr: '' });
      await expect(readdir(target)).resolves.toEqual([name]);
      const copy = (await describeTree(target)).get(`./${Buffer.from(name).toString('latin1')}`);
      expect(copy).toBe(expected);
      await expect(lstat(join(target, 'plain.txt'))).rejects.toThrow('ENOENT');
    },
  );

  it('gives what a link leads to inside, and nothing of what one leads to outside', async () => {
    expect(await pull(join(home, 'way in'))).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await describeTree(target)).toEqual(await describeTree(join(home, 'folders')));
    for (const path of [join(home, 'way out'), join(home, 'way out/secret'), outside]) {
      const result = await pull(path);
      expect(result.exitCode).not.toBe(0);
      expect(result.stderr).toEqual(refusal('denied'));
    }
  });

  it('denies all that is not at or below an allowed folder, there or not', async () => {
    const neighbour = `${allowed} too`;
    await mkdir(neighbour);
    for (const sourcePath of [neighbour, `${allowed}x/y`, '/etc', '/etc/passwd', '/not there', outside]) {
      const request = `${gateCommands.send({ sourcePath, runId: 'run-1' })} --server --daemon .`;
      expect(await remote.request(request)).toEqual({
        exitCode: GATE_DENIED,
        stdout: '',
        stderr: 'fc-gate: denied\n',
      });
    }
  });

  it.each([
    '--server --daemon ..',
    '--server .',
    '--server --sender .',
    '--daemon --server .',
    '--server --daemon . x',
  ])('takes one form of request only, not %s', async (words) => {
    const request = `${gateCommands.send({ sourcePath: allowed, runId: 'run-1' })} ${words}`;
    expect(await remote.request(request)).toMatchObject({ exitCode: GATE_DENIED, stdout: '' });
  });

  it('says when there is nothing of that name in an allowed folder', async () => {
    const request = gateCommands.send({ sourcePath: join(home, 'not there'), runId: 'run-1' });
    expect(await remote.request(`${request} --server --daemon .`)).toEqual({
      exitCode: GATE_NOT_THERE,
      stdout: '',
      stderr: 'fc-gate: no such source\n',
    });
  });

  it('takes nothing, changes nothing, lists nothing, and follows no link', async () => {
    const before = await describeTree(home);
    const words: string[] = [];
    // Its words may be lost: the server does not wait until they were read.
    while (words.length < 10 && !words.join('').includes('module is read only')) {
      const pushed = await remote.rsync(
        ...['-a', '--delete', rsyncPath(home), `${target}/`, `remote::${GATE_SOURCE_MODULE}/`],
      );
      expect(pushed.exitCode).not.toBe(0);
      words.push(pushed.stderr);
    }
    expect(words.join('')).toContain('module is read only');
    const listed = await remote.rsync(rsyncPath(home), 'remote::');
    expect(listed).toMatchObject({ stdout: '' });
    for (const option of [
      '--copy-links',
      '--copy-unsafe-links',
      '--copy-dirlinks',
      '--remove-source-files',
    ]) {
      const { exitCode, stderr } = await pull(home, '', option);
      expect({ option, isRefused: exitCode !== 0 }).toEqual({ option, isRefused: true });
      expect(stderr).toContain('The server is configured to refuse');
    }
    expect(await describeTree(home)).toEqual(before);
    await expect(readdir(target)).resolves.toEqual([]);
  });

  it('does not serve the module of a plan, nor a plan that of a source', async () => {
    const wrong = await remote.rsync('-a', rsyncPath(home), `remote::${moduleDestination('', '')}`, target);
    expect(wrong.stderr).toMatch(/Unknown module 'plan'/i);
    const planDirectory = join(remote.gate.root, 'plan');
    await remote.request(gateCommands.begin({ planDirectory, runId: 'run-1', fence: 1 }));
    const path = gateCommands.rsyncPath({ planDirectory, runId: 'run-1', fence: 1 });
    const other = await remote.rsync('-a', `--rsync-path=${path}`, `remote::${GATE_SOURCE_MODULE}/`, target);
    expect(other.stderr).toMatch(/Unknown module 'source'/i);
  });

  it('stays in the folder, whatever path is asked for; as root also where a link leads out of it', async () => {
    const upwards = ['../', '../../outside/', 'folders/../../../outside/'];
    const throughLinks = ['way out/', 'way out/secret'];
    for (const name of [...upwards, ...(remote.uid === 0 ? throughLinks : [])]) await pull(home, name);
    const found = [...(await describeTree(target)).keys()];
    expect(found.filter((name) => name.includes('secret'))).toEqual([]);
  });

  it('needs the list of sources, and that alone', async () => {
    await remote.gate.forbidWriting();
    expect(await pull(join(home, 'big'))).toMatchObject({ exitCode: 0, stderr: '' });
    const planDirectory = join(remote.gate.root, 'plan');
    const begun = await remote.request(gateCommands.begin({ planDirectory, runId: 'run-2', fence: 2 }));
    expect(begun).toEqual({ exitCode: GATE_DENIED, stdout: '', stderr: 'fc-gate: denied\n' });
    expect(await remote.request(gateCommands.probeHost())).toMatchObject({ exitCode: 0 });
    const sources = join(remote.gate.base, 'credentials/credential-1.sources');
    await rename(sources, `${sources} before`);
    const denied = await pull(join(home, 'big'));
    expect(denied.stderr).toEqual(refusal('denied'));
    await expect(readFile(join(remote.gate.base, 'gate.log'), 'utf8')).resolves.toContain('denied');
  });
});
