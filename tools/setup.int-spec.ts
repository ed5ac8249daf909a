import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '@fleetclone/testing';
import { SetupSandbox, shellsAtHand } from './setup-sandbox';

const BUILD = 'nx run-many -t generate build';
const POLICY = 'system/usr/sbin/policy-rc.d';

describe.each(shellsAtHand())('tools/setup.sh with %s', (...shell) => {
  let sandbox: SetupSandbox;
  beforeEach(async () => {
    sandbox = await SetupSandbox.make();
  });
  afterEach(() => sandbox.remove());
  const setup = (args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) =>
    sandbox.run(shell, 'tools/setup.sh', args, env);

  const expectFailure = async (message: string | RegExp) => {
    const { code, output } = await setup();
    expect(code).toBe(1);
    expect(output).toMatch(message);
  };

  it('installs, generates and builds once, and then does nothing', async () => {
    const first = await setup();
    expect(first.code).toBe(0);
    expect(first.output).toMatch(/installing packages .*\d s\n.*building .*\d s\n.*ready after/);
    expect(sandbox.calls()).toEqual(['npm ci --ignore-scripts --no-audit --no-fund', BUILD]);

    const start = performance.now();
    await expect(setup()).resolves.toEqual({ code: 0, output: 'set-up: everything is in place\n' });
    expect(performance.now() - start).toBeLessThan(3000);
    expect(sandbox.calls()).toEqual([]);
    // No log and no lock is left.
    expect(readdirSync(sandbox.at('tmp'))).toEqual([]);
    expect(readdirSync(sandbox.at('clone/var'))).toEqual([]);
  });

  it.each([
    ['a source file changes', 'apps/controller/src/main.ts', 'changed', [BUILD]],
    ['a source file is deleted', 'libs/keys/src/with a space.ts', undefined, [BUILD]],
    ['a source file is added', 'libs/keys/src/new.ts', 'new', [BUILD]],
    ['a built file is deleted', 'dist/apps/main.cjs', undefined, [BUILD]],
    ['the whole build is deleted', 'dist', undefined, [BUILD]],
    ['the database schema changes', 'apps/controller/prisma/schema.prisma', 'model Run {}', [BUILD]],
    ['generated code is deleted', 'apps/controller/src/generated', undefined, ['nx run-many -t generate']],
    ['a test changes', 'libs/keys/src/keys.spec.ts', 'changed', []],
    ['a test is deleted', 'libs/keys/src/keys.spec.ts', undefined, []],
    [
      'packages are deleted',
      'node_modules',
      undefined,
      ['npm ci --ignore-scripts --no-audit --no-fund', BUILD],
    ],
    [
      'the lock file changes',
      'package-lock.json',
      '{}',
      ['npm ci --ignore-scripts --no-audit --no-fund', BUILD],
    ],
  ])('does just what is needed when %s', async (_case, path, text, calls) => {
    await setup();
    sandbox.calls();

    sandbox.put(path, text);
    await expect(setup()).resolves.toMatchObject({ code: 0 });
    expect(sandbox.calls()).toEqual(calls);

    await setup();
    expect(sandbox.calls()).toEqual([]);
  });

  it('says which step failed, with the end of its log and what to do, and tries again next time', async () => {
    sandbox.put('broken', '');
    const { code, output } = await setup();
    expect(code).toBe(1);
    expect(output).toMatch(/building .* failed after \d+ s\n/);
    expect(output).toContain('error TS1234: broken');
    expect(output).toMatch(
      /set-up: failed: building .*\nset-up: what to do: .*\nset-up: the whole log: (\S+)\n/,
    );
    expect(existsSync(/the whole log: (\S+)/.exec(output)?.[1] ?? '')).toBe(true);
    expect(readdirSync(sandbox.at('clone/var'))).toEqual([]);

    sandbox.put('broken', undefined);
    sandbox.calls();
    await expect(setup()).resolves.toMatchObject({ code: 0 });
    expect(sandbox.calls()).toEqual([BUILD]);
  });

  it('tells an ordinary user of Debian exactly what to type', async () => {
    sandbox.beSystem('Linux', 'sam');
    sandbox.addProgram('apt-get', sandbox.noteCall('apt-get $*'));
    sandbox.removeProgram('redis-server');
    sandbox.removeProgram('setfattr');
    const { code, output } = await setup();
    expect(code).toBe(1);
    expect(output).toBe(
      'set-up: missing: redis attr\nset-up: type this, then start again:\n' +
        '    sudo apt-get update && sudo apt-get install -y --no-install-recommends redis-server attr\n',
    );
    expect(sandbox.calls()).toEqual([]);
  });

  it('installs with apt-get as root, while no service may start, and restores the policy', async () => {
    const before = '#!/bin/sh\n# of this machine\nexit 0\n';
    writeFileSync(sandbox.at(POLICY), before, { mode: 0o755 });
    for (const program of ['redis-server', 'ssh', 'sshd']) sandbox.removeProgram(program);
    sandbox.addProgram('systemctl', sandbox.noteCall('systemctl $*'));
    sandbox.addProgram(
      'apt-get',
      `'${sandbox.at(POLICY)}' redis-server start; ${sandbox.noteCall('apt-get $* ($DEBIAN_FRONTEND, policy $?)')}
case $* in *install*) for name in redis-server ssh sshd; do cp '${sandbox.at('bin/getfattr')}' '${sandbox.at('bin')}'/$name; done ;; esac`,
    );

    await expect(setup()).resolves.toMatchObject({ code: 0 });

    expect(sandbox.calls().slice(0, 4)).toEqual([
      'apt-get -o DPkg::Lock::Timeout=300 update (noninteractive, policy 101)',
      'apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends redis-server openssh-client openssh-server (noninteractive, policy 101)',
      'systemctl disable redis-server',
      'systemctl disable ssh',
    ]);
    expect(readFileSync(sandbox.at(POLICY), 'utf8')).toBe(before);
    expect(readdirSync(sandbox.at('system/usr/sbin'))).toEqual(['policy-rc.d']);
  });

  it('leaves a policy alone that already forbids starting services, and removes its own after a failure', async () => {
    const strict = '#!/bin/sh\nexit 101\n';
    sandbox.removeProgram('redis-server');
    sandbox.addProgram(
      'apt-get',
      `cat '${sandbox.at(POLICY)}' >>'${sandbox.at('policies')}'; echo 'E: no network'; exit 100`,
    );

    const { code, output } = await setup();
    expect(code).toBe(1);
    expect(output).toContain('trying with the package lists at hand');
    expect(output).toContain('E: no network');
    expect(existsSync(sandbox.at(POLICY))).toBe(false);
    expect(readFileSync(sandbox.at('policies'), 'utf8')).toContain('Fleetclone');

    writeFileSync(sandbox.at('policies'), '');
    writeFileSync(sandbox.at(POLICY), strict, { mode: 0o755 });
    await expect(setup()).resolves.toMatchObject({ code: 1 });
    expect(readFileSync(sandbox.at('policies'), 'utf8')).toBe(strict + strict);
    expect(readFileSync(sandbox.at(POLICY), 'utf8')).toBe(strict);
  });

  it('takes away the policy of a set-up that was killed', async () => {
    sandbox.removeProgram('redis-server');
    sandbox.addProgram('apt-get', `kill -9 $(sed -n 1p '${sandbox.at('clone/pid')}')`);
    sandbox.put(
      'tools/setup.sh',
      readFileSync(join(__dirname, 'setup.sh'), 'utf8').replace(
        '\nheal_services\n',
        () => '\necho $$ >pid\nheal_services\n',
      ),
    );
    writeFileSync(sandbox.at(POLICY), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    await expect(setup()).resolves.toMatchObject({ code: null });
    expect(readFileSync(sandbox.at(POLICY), 'utf8')).toContain('Fleetclone');

    sandbox.addProgram('redis-server');
    await expect(setup()).resolves.toMatchObject({ code: 0 });
    expect(readFileSync(sandbox.at(POLICY), 'utf8')).toBe('#!/bin/sh\nexit 0\n');
  });

  it('says so when what was installed is not enough', async () => {
    sandbox.addProgram('rsync', 'echo "rsync  version 3.1.3  protocol version 31"');
    sandbox.addProgram('apt-get');
    const { code, output } = await setup();
    expect(code).toBe(1);
    expect(output).toContain('rsync 3.2.7 or later is needed; found: 3.1.3');
    expect(output).toContain('still missing or too old: rsync');
  });

  it('does not take Apple’s openrsync for rsync, but finds the real one beside PATH', async () => {
    sandbox.beSystem('Darwin', 'sam');
    sandbox.addProgram('rsync', 'echo "openrsync: protocol version 29, rsync version 2.6.9 compatible"');
    sandbox.addProgram('rsync', 'echo "rsync  version v3.4.1  protocol version 32"', 'extra');
    await expect(setup()).resolves.toMatchObject({ code: 0 });

    sandbox.addProgram('rsync', 'exit 1', 'extra');
    const { code, output } = await setup();
    expect(code).toBe(1);
    expect(output).toContain('rsync 3.2.7 or later is needed; found: openrsync');
    expect(output).toContain('https://brew.sh');
    expect(output).toContain('\n    brew install rsync\n');
  });

  it('installs with Homebrew on a Mac, but not as root', async () => {
    sandbox.beSystem('Darwin', 'sam');
    for (const program of ['redis-server', 'getfattr', 'setfattr']) sandbox.removeProgram(program);
    sandbox.addProgram(
      'brew',
      `${sandbox.noteCall('brew $*')}; for name in valkey-server shellcheck chromium; do cp '${sandbox.at('bin/ssh')}' '${sandbox.at('bin')}'/$name; done`,
      'extra',
    );
    await expect(setup(['--for', 'test'])).resolves.toMatchObject({ code: 0 });
    expect(sandbox.calls().slice(0, 2)).toEqual([
      'brew install valkey shellcheck',
      'brew install --cask google-chrome',
    ]);

    sandbox.beSystem('Darwin', 'root');
    for (const program of ['valkey-server', 'chromium']) sandbox.removeProgram(program);
    const { code, output } = await setup(['--for=test']);
    expect(code).toBe(1);
    expect(output).toContain('\n    brew install valkey && brew install --cask google-chrome\n');
    expect(sandbox.calls()).toEqual([]);
  });

  it('names what is missing on other systems', async () => {
    sandbox.beSystem('Linux', 'sam');
    sandbox.removeProgram('redis-server');
    await expectFailure("your system's package manager: redis\n");
    sandbox.addProgram('dnf');
    await expectFailure('    sudo dnf install -y valkey\n');
  });

  it('asks for more the more is to be done', async () => {
    sandbox.beSystem('Linux', 'sam');
    for (const program of ['rsync', 'sshd', 'getfattr', 'redis-server']) sandbox.removeProgram(program);
    await expect(setup(['--for', 'start'], { REDIS_URL: 'redis://elsewhere' })).resolves.toMatchObject({
      code: 0,
    });
    const missing = async (purpose: string) =>
      /missing: (.*)/.exec((await setup(['--for', purpose])).output)?.[1];
    await expect(missing('start')).resolves.toBe('redis');
    await expect(missing('demo')).resolves.toBe('redis rsync sshd attr');
    await expect(missing('test')).resolves.toBe('redis rsync sshd attr chromium shellcheck busybox mawk');
    await expect(setup(['--for', 'fun'])).resolves.toMatchObject({ code: 2 });
    await expect(setup(['--for'])).resolves.toMatchObject({ code: 2 });
  });

  it('says how to get Node when there is none, or only an old one', async () => {
    sandbox.addProgram('node', 'echo v20.18.3');
    await expectFailure(/Node.js 20.19 or later is needed; found: 20.18.3\n.*nodejs.org/);
    sandbox.removeProgram('node');
    await expectFailure('found: none');
  });

  it('works once when started twice at the same time', async () => {
    sandbox.addProgram('npm', `sleep 1\n${readFileSync(sandbox.at('bin/npm'), 'utf8')}`);
    const both = await Promise.all([setup(), setup()]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(both.map(({ output }) => output).join('')).toContain('waiting for another set-up');
    expect(sandbox.calls()).toEqual(['npm ci --ignore-scripts --no-audit --no-fund', BUILD]);
  });

  it('does not wait for a set-up that was killed', async () => {
    mkdirSync(sandbox.at('clone/var/setup.lock'), { recursive: true });
    writeFileSync(sandbox.at('clone/var/setup.lock/pid'), '99999999\n');
    await expect(setup()).resolves.toMatchObject({ code: 0 });
  });
});

describe('the scripts', () => {
  it('please ShellCheck', async () => {
    const scripts = ['setup.sh', 'test.sh', '../.ci/run'].map((path) => join(__dirname, path));
    await expect(
      promisify(execFile)(findProgram(['shellcheck'], 'package shellcheck'), scripts),
    ).resolves.toMatchObject({ stdout: '' });
  });
});
