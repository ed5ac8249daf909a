import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, startTcpProxy } from '@fleetclone/testing';
import { GatedRemote, makeKey } from '../testkit/gated-remote';
import { mirror } from '../testkit/mirror';
import { runSshCommand } from './ssh-command';
import { type SshConfig, writeSshConfig } from './ssh-config';
import type { SshTarget } from './ssh-target';

jest.setTimeout(60_000);

describe('ssh with our own configuration', () => {
  let remote: GatedRemote;
  let attempts = 0;

  beforeAll(async () => {
    remote = await GatedRemote.start();
    await mkdir(join(remote.temp.path, 'source'));
    await writeFile(join(remote.temp.path, 'source/file'), 'x');
  });
  afterAll(() => remote.stop());

  async function configure(changes: Partial<SshTarget>): Promise<SshConfig> {
    attempts += 1;
    const folder = join(remote.temp.path, `attempt 100% ${attempts}`);
    await mkdir(folder);
    return writeSshConfig(folder, { ...remote.target, ...changes });
  }

  async function ask(
    changes: Partial<SshTarget>,
  ): Promise<{ readonly code: string | undefined; readonly stderr: string }> {
    const result = await runSshCommand(await configure(changes), 'fc probe clock', { timeoutMs: 30_000 });
    return { code: result.cause?.code, stderr: result.stderr };
  }

  it('reaches the gate, and nothing else', async () => {
    const clock = await runSshCommand(await configure({}), 'fc probe clock', { timeoutMs: 30_000 });
    const shell = await runSshCommand(await configure({}), 'id; ls /', { timeoutMs: 30_000 });

    expect(clock).toMatchObject({ ending: 'exited', exitCode: 0, cause: null, stderr: '' });
    expect(Number(clock.stdout.toString())).toBeCloseTo(Date.now() / 1000, -2);
    expect(shell).toMatchObject({ exitCode: 77, stderr: 'fc-gate: denied\n' });
  });

  it('writes files that only their owner can read', async () => {
    const config = await configure({});

    expect((await stat(config.configFile)).mode & 0o777).toBe(0o600);
    expect((await stat(config.knownHostsFile)).mode & 0o777).toBe(0o600);
  });

  it('sends nothing to a host with another key', async () => {
    const other = `${await makeKey(remote.temp.path, 'other-host')}.pub`;
    const line = (await readFile(other, 'utf8')).trim();

    expect(await ask({ hostKeys: [line] })).toMatchObject({ code: 'SSH.HOST_KEY_CHANGED' });
  });

  it('says that the remote does not know the key', async () => {
    expect(await ask({ identityFile: await makeKey(remote.temp.path, 'stranger') })).toMatchObject({
      code: 'SSH.AUTH_REFUSED',
    });
  });

  it('says that the private key is gone', async () => {
    const identityFile = join(remote.temp.path, 'no such key');

    expect(await ask({ identityFile })).toMatchObject({ code: 'SSH.IDENTITY_MISSING' });
  });

  it('says that nothing listens on the port', async () => {
    expect(await ask({ port: await freePort() })).toMatchObject({ code: 'SSH.REFUSED' });
  });

  it('says that the name is not known', async () => {
    expect(await ask({ host: 'no-such-mac.invalid' })).toMatchObject({ code: 'SSH.HOST_UNKNOWN' });
  });

  it('gives a transfer the same causes, though rsync calls them all code 5', async () => {
    const sources = [join(remote.temp.path, 'source')];
    const closed = await configure({ port: await freePort() });
    const refused = await configure({ identityFile: await makeKey(remote.temp.path, 'another stranger') });
    const begun = await remote.begin('later-run', 9);
    const early = { ...begun, rsyncPath: begun.rsyncPath.replace('later-run 9', 'early-run 8') };
    const through = (ssh: SshConfig) =>
      mirror(
        Object.assign(Object.create(remote) as GatedRemote, { begin: () => Promise.resolve(early), ssh }),
        {
          sources,
          archiveName: 'x',
        },
      );

    expect(await through(closed)).toMatchObject({
      exitCode: 5,
      outcome: { result: 'failed', code: 'SSH.REFUSED', retryable: true },
    });
    expect(await through(refused)).toMatchObject({
      exitCode: 5,
      outcome: { code: 'SSH.AUTH_REFUSED', retryable: false },
    });
    expect(await through(remote.ssh)).toMatchObject({ outcome: { code: 'GATE.SUPERSEDED', side: 'remote' } });
  });

  it('gives up a host that accepts the connection and then says nothing', async () => {
    const silent = await startTcpProxy(remote.target.port);
    try {
      silent.throttle(0);
      const config = await configure({ port: silent.port });
      const result = await runSshCommand(config, 'fc probe clock', { timeoutMs: 1_500 });

      expect(result).toMatchObject({
        ending: 'timed-out',
        cause: { code: 'SSH.COMMAND_TIMED_OUT', retryable: true },
      });
    } finally {
      await silent.stop();
    }
  });

  it('stops a command that is cancelled, or says more than was asked for', async () => {
    const aborted = await runSshCommand(remote.ssh, 'fc probe clock', {
      timeoutMs: 30_000,
      signal: AbortSignal.abort(),
    });
    const talkative = await runSshCommand(remote.ssh, 'fc probe host', {
      timeoutMs: 30_000,
      maxOutputBytes: 10,
    });

    expect(aborted).toMatchObject({ ending: 'cancelled', exitCode: null });
    expect(talkative).toMatchObject({ ending: 'too-much-output' });
    expect(talkative.stdout.length).toBeLessThanOrEqual(10);
  });

  it('refuses a command that would be an option or two lines', async () => {
    await expect(runSshCommand(remote.ssh, '-oProxyCommand=id', { timeoutMs: 1 })).rejects.toThrow(
      RangeError,
    );
    await expect(runSshCommand(remote.ssh, 'fc probe clock\nid', { timeoutMs: 1 })).rejects.toThrow(
      RangeError,
    );
  });
});
