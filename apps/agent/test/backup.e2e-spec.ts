import { execFile } from 'node:child_process';
import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildAgent, runAgent, TestFleet } from './fleet';

jest.setTimeout(120_000);

const run = promisify(execFile);

let fleet: TestFleet;
let disk: string;
let home: string;
let options: string[];

beforeAll(async () => {
  await buildAgent();
  fleet = await TestFleet.start();
  disk = await fleet.makeFolder('disk');
  home = await fleet.makeFolder('Users', 'ann');
  const source = await fleet.enrol('studio-mac', ['--allow-source', fleet.path('Users')]);
  const remote = await fleet.enrol('backup-mac', [
    ...['--allow-destination', disk, '--gate-folder', fleet.path('gate')],
    ...['--authorized-keys', fleet.path('ssh', 'authorized_keys')],
  ]);
  await source.start();
  await remote.start();
  const credentialId = await fleet.establishTrust(source, remote, [join(disk, 'ann')]);
  await mkdir(join(home, 'work'), { recursive: true });
  for (const name of ['one', 'two', '-three\nlines', 'Ünï']) await writeFile(join(home, 'work', name), name);
  await writeFile(fleet.path('host.pub'), `${fleet.sshd.hostKeyPublic}\n`);
  options = [
    ...['--identity', join(source.stateFolder, 'keys', credentialId), '--host-key', fleet.path('host.pub')],
    ...['--state', fleet.path('by hand')],
  ];
});
afterAll(() => fleet.stop());

const target = (folder: string): string =>
  `${userInfo().username}@127.0.0.1:${fleet.line.port}:${join(disk, 'ann', folder)}`;

const backUp = (folder: string, ...more: string[]): ReturnType<typeof runAgent> =>
  runAgent(['backup', home, '--to', target(folder), ...options, ...more]);

const isEqual = async (copy: string): Promise<boolean> =>
  run('diff', ['-r', home, join(copy, home)]).then(
    () => true,
    () => false,
  );

describe('a backup without a controller', () => {
  it('copies, then sends only what changed, and says so', async () => {
    const first = await backUp('home');
    expect(first).toMatchObject({ exitCode: 0, output: expect.stringContaining('succeeded: ') as string });
    expect(await isEqual(join(disk, 'ann/home/current'))).toBe(true);

    await appendFile(join(home, 'work/one'), ' more');
    const { exitCode, output } = await backUp('home', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ state: 'succeeded', totals: { strategy: 'quick' } });
    expect(await isEqual(join(disk, 'ann/home/current'))).toBe(true);
  });

  it('keeps snapshots', async () => {
    expect((await backUp('versions', '--snapshots')).exitCode).toBe(0);
    await appendFile(join(home, 'work/two'), ' more');
    expect((await backUp('versions', '--snapshots')).exitCode).toBe(0);

    const plan = join(disk, 'ann/versions');
    expect(await readdir(join(plan, 'snapshots'))).toHaveLength(2);
    expect(await isEqual(join(plan, 'latest'))).toBe(true);
  });

  it('tells entry by entry what it would do, and does nothing', async () => {
    await backUp('preview');
    const copy = join(disk, 'ann/preview/current', home, 'work');
    await writeFile(join(home, 'work/new'), 'twelve bytes');
    await appendFile(join(home, 'work/one'), '!');
    await rm(join(home, 'work/two'));
    const before = await readdir(copy);
    const { exitCode, output } = await backUp('preview', '--dry-run');

    expect(exitCode).toBe(0);
    expect(output).toMatch(/^create {5}\S*work\/new {2}\(12 B\)$/m);
    expect(output).toMatch(/^rewrite {4}\S*work\/one {2}/m);
    expect(output).toMatch(/^delete {5}\S*work\/two$/m);
    expect(output).toContain('1 to create, 1 to rewrite');
    expect(output).toContain('Nothing was changed.');
    expect(await readdir(copy)).toEqual(before);
    expect(await readFile(join(copy, 'one'), 'utf8')).not.toContain('!');
  });

  it('accepts no other host key, and no folder that the key does not open', async () => {
    const [type = '', blob = ''] = fleet.sshd.hostKeyPublic.split(' ');
    await writeFile(fleet.path('other.pub'), `${type} ${blob.slice(0, -8)}AAAAAAAA\n`);
    const stranger = await backUp('home', '--host-key', fleet.path('other.pub'));
    expect(stranger.exitCode).toBe(0); // one of two pinned keys fits
    const args = options.map((option) =>
      option === fleet.path('host.pub') ? fleet.path('other.pub') : option,
    );
    const refused = await runAgent(['backup', home, '--to', target('home'), ...args]);
    expect(refused).toMatchObject({ exitCode: 1, output: expect.stringContaining('SSH.HOST_KEY') as string });

    const outside = await runAgent([
      ...['backup', home, '--to', target('../elsewhere').replace('/ann/../', '/')],
      ...options,
    ]);
    expect(outside).toMatchObject({ exitCode: 1, output: expect.stringContaining('GATE.DENIED') as string });
    expect(await readdir(disk)).toEqual(['ann']);
  });

  it.each([
    [['backup'], 'needs at least one folder'],
    [['backup', '/x'], 'needs --to'],
    [['backup', '', '--to', 'u@h:/x', '--identity', 'k', '--host-key', 'h'], 'a source must not be empty'],
    [['backup', '/x', '--to', 'host:/x', '--identity', 'k', '--host-key', 'h'], '--to must read'],
    [
      ['backup', '/x', '--to', 'u@-oProxyCommand=x:/x', '--identity', 'k', '--host-key', 'h'],
      'the host in --to',
    ],
    [['backup', '/x', '--to', 'u@h:/x', '--identity', 'k', '--host-key', 'h', '--limit', '5'], '--limit'],
    [
      ['backup', '/x', '--to', 'u@h:/x', '--identity', 'k', '--host-key', 'h', '--streams', '99'],
      '--streams',
    ],
    [
      ['backup', '/x', '--to', 'u@h:/x', '--identity', 'k', '--host-key', 'h', '--no-group', 'all'],
      '--no-group',
    ],
  ])('%j is wrong use, in one line', async (args, words) => {
    const { exitCode, output } = await runAgent(args);

    expect(exitCode).toBe(2);
    expect(output).toContain(words);
    expect(output.trim().split('\n')).toHaveLength(1);
  });
});
