import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, makeTempFolder, startTcpProxy, type TempFolder, waitFor } from '@fleetclone/testing';
import { identifyProcess } from '../process/process-identity';
import { detectRsync } from '../rsync/detect-rsync';
import { makeKey } from '../testkit/gated-remote';
import { PlainRemote } from '../testkit/plain-remote';
import { runSshCommand, type SshCommandResult } from './ssh-command';
import { SSH_HOST_ALIAS, type SshConfig } from './ssh-config';
import { openSshSession, type SshSession, type SshSessionOpening } from './ssh-session';

jest.setTimeout(60_000);

const NEVER = new AbortController().signal;

describe('a kept ssh connection', () => {
  let remote: PlainRemote;
  let control: TempFolder;

  beforeAll(async () => {
    remote = await PlainRemote.start();
    control = await makeTempFolder('c');
  });
  afterAll(async () => {
    await remote.stop();
    await control.remove();
  });
  afterEach(async () => {
    expect(await readdir(control.path)).toEqual([]);
  });

  const opening = (config: SshConfig, timeoutMs = 30_000): Promise<SshSessionOpening> =>
    openSshSession(config, { signal: NEVER, controlFolder: control.path, timeoutMs });

  async function using(config: SshConfig, use: (session: SshSession) => Promise<void>): Promise<void> {
    const opened = await opening(config);
    if (opened.ending !== 'opened') throw new Error(`not opened: ${JSON.stringify(opened)}`);
    try {
      await use(opened.session);
    } finally {
      await opened.session.close();
    }
  }

  const run = (config: SshConfig, command: string, timeoutMs = 30_000): Promise<SshCommandResult> =>
    runSshCommand(config, command, { timeoutMs });

  /** Starts a command that lasts, and waits until it runs at the remote. */
  async function runLong(
    config: SshConfig,
    name: string,
  ): Promise<{ readonly result: Promise<SshCommandResult> }> {
    const flag = join(remote.temp.path, name);
    const result = run(config, `touch '${flag}'; exec sleep 60`);
    await waitFor('the command to run', async () => (await stat(flag)).isFile());
    return { result };
  }

  it('carries twenty commands after a single login', async () => {
    const before = await remote.logins();

    await using(await remote.configure(), async ({ config }) => {
      for (let round = 0; round < 4; round += 1) {
        const results = await Promise.all([1, 2, 3, 4, 5].map((n) => run(config, `echo ${n}`)));
        for (const [index, result] of results.entries()) {
          expect(result).toMatchObject({ exitCode: 0, cause: null, stderr: '' });
          expect(result.stdout.toString()).toBe(`${index + 1}\n`);
        }
      }
    });

    expect(await remote.logins()).toBe(before + 1);
  });

  it('carries a transfer by rsync beside a command', async () => {
    const before = await remote.logins();
    const { binary } = await detectRsync();
    const [source, destination] = [join(remote.temp.path, 'source'), join(remote.temp.path, 'destination')];
    await writeFile(source, 'x'.repeat(3_000_000));

    await using(await remote.configure(), async ({ config }) => {
      const rsh = `/usr/bin/ssh -F '${config.configFile}'`;
      await Promise.all([
        promisify(execFile)(binary, [`--rsh=${rsh}`, source, `${SSH_HOST_ALIAS}:${destination}`]),
        run(config, 'true'),
      ]);
    });

    expect((await stat(destination)).size).toBe(3_000_000);
    expect(await remote.logins()).toBe(before + 1);
  });

  it('leaves neither a process nor a folder, however often it is closed', async () => {
    const opened = await opening(await remote.configure());
    if (opened.ending !== 'opened') throw new Error('not opened');
    const { session } = opened;
    const { result } = await runLong(session.config, 'closed under it');
    expect((await stat(session.controlFolder)).mode & 0o777).toBe(0o700);

    await session.close();
    await session.close();

    expect(await identifyProcess(session.pid)).toBeNull();
    expect(await readdir(control.path)).toEqual([]);
    expect(session.isOpen()).toBe(false);
    expect(await result).toMatchObject({ exitCode: 255, cause: { retryable: true } });
  });

  it('makes connections of their own with its other configuration', async () => {
    const before = await remote.logins();

    await using(await remote.configure(), async ({ unshared }) => {
      expect(await run(unshared, 'echo own')).toMatchObject({ exitCode: 0, stderr: '' });
    });

    expect(await remote.logins()).toBe(before + 2);
  });

  it('is lost with a cause when its master is killed under a command', async () => {
    await using(await remote.configure(), async (session) => {
      const { result } = await runLong(session.config, 'killed under it');

      process.kill(session.pid, 'SIGKILL');

      expect(await result).toMatchObject({
        exitCode: 255,
        cause: { code: 'SSH.KEPT_CONNECTION_LOST', retryable: true },
      });
    });
  });

  it('keeps nobody waiting for a command that was stopped, and whose end the remote does not tell', async () => {
    const line = await startTcpProxy(remote.target.port);
    try {
      await using(await remote.configure({ port: line.port }), async ({ config }) => {
        const abort = new AbortController();
        const cancelled = runSshCommand(config, 'sleep 60', { timeoutMs: 60_000, signal: abort.signal });
        await run(config, 'true');
        line.throttle(0);
        const startedMs = performance.now();
        abort.abort();

        expect(await cancelled).toMatchObject({ ending: 'cancelled' });
        expect(await run(config, 'true', 300)).toMatchObject({ ending: 'timed-out' });
        expect(performance.now() - startedMs).toBeLessThan(5_000);
      });
    } finally {
      await line.stop();
    }
  });

  it('is not missed by the next command when its master was killed before it', async () => {
    await using(await remote.configure(), async (session) => {
      const before = await remote.logins();
      process.kill(session.pid, 'SIGKILL');
      await waitFor('the master to be gone', () => !session.isOpen());

      expect(await run(session.config, 'echo still')).toMatchObject({ exitCode: 0, cause: null, stderr: '' });
      expect(await remote.logins()).toBe(before + 1);
    });
  });

  it('still insists on the pinned host key when a command has to connect by itself', async () => {
    const stranger = await PlainRemote.start();
    const config = await remote.configure();
    try {
      await using(config, async (session) => {
        process.kill(session.pid, 'SIGKILL');
        await waitFor('the master to be gone', () => !session.isOpen());
        const text = await readFile(session.config.configFile, 'utf8');
        await writeFile(
          session.config.configFile,
          text.replace(`Port ${remote.target.port}\n`, `Port ${stranger.target.port}\n`),
        );

        expect(await run(session.config, 'echo never')).toMatchObject({
          exitCode: 255,
          cause: { code: 'SSH.HOST_KEY_CHANGED' },
        });
      });
    } finally {
      await stranger.stop();
    }
  });

  it('says of a line that was cut what is known of it, to the command under way and to the next', async () => {
    const line = await startTcpProxy(remote.target.port);
    try {
      await using(await remote.configure({ port: line.port }), async (session) => {
        const { result } = await runLong(session.config, 'cut under it');

        await line.cut();

        const lost = { code: expect.stringMatching(/^SSH\.(RESET|CLOSED)$/), retryable: true };
        expect(await result).toMatchObject({ exitCode: 255, cause: lost });
        expect(await run(session.config, 'echo no')).toMatchObject({ cause: { code: 'SSH.REFUSED' } });
        await line.resume();
        expect(await run(session.config, 'echo yes')).toMatchObject({ exitCode: 0, stderr: '' });
      });
    } finally {
      await line.stop();
    }
  });

  it('names a line that went dead, of which only the master hears', async () => {
    const line = await startTcpProxy(remote.target.port);
    try {
      const config = await remote.configure({ port: line.port });
      const text = await readFile(config.configFile, 'utf8');
      await writeFile(
        config.configFile,
        text.replace(
          /ServerAliveInterval 15\n\s*ServerAliveCountMax 3/,
          'ServerAliveInterval 1\n  ServerAliveCountMax 1',
        ),
      );
      await using(config, async (session) => {
        const { result } = await runLong(session.config, 'dead under it');

        line.throttle(0);

        const { cause, stderr } = await result;
        expect(cause).toMatchObject({ code: 'SSH.LOST', side: 'path' });
        expect(stderr).not.toContain('not responding');
        expect(session.stderrTail()).toContain('not responding');
      });
    } finally {
      await line.stop();
    }
  });

  it.each([
    [
      'a key that is not authorised',
      'SSH.AUTH_REFUSED',
      async () => ({ identityFile: await strangersKey('refused') }),
    ],
    [
      'another host key',
      'SSH.HOST_KEY_CHANGED',
      async () => ({ hostKeys: [await strangersHostKey()] as const }),
    ],
    ['a port where nothing listens', 'SSH.REFUSED', async () => ({ port: await freePort() })],
  ])('does not open with %s, and says so', async (_what, code, changes) => {
    const opened = await opening(await remote.configure(await changes()));

    expect(opened).toMatchObject({ ending: 'failed', cause: { code } });
    expect(opened.ending === 'failed' && opened.stderr).not.toBe('');
  });

  const strangersKey = (name: string): Promise<string> => makeKey(remote.temp.path, name);
  const strangersHostKey = async (): Promise<string> =>
    (await readFile(`${await strangersKey('host')}.pub`, 'utf8')).trim();

  it('gives up a login that stalls', async () => {
    const line = await startTcpProxy(remote.target.port);
    try {
      line.throttle(40); // the banner comes through, the key exchange does not
      const opened = await opening(await remote.configure({ port: line.port }), 2_000);

      expect(opened).toMatchObject({ ending: 'failed', cause: { code: 'SSH.STALLED', retryable: true } });
    } finally {
      await line.stop();
    }
  });

  it('can be cancelled while it connects, and before', async () => {
    const line = await startTcpProxy(remote.target.port);
    try {
      line.throttle(0);
      const config = await remote.configure({ port: line.port });
      const abort = new AbortController();
      const cancelled = openSshSession(config, { signal: abort.signal, controlFolder: control.path });
      await waitFor('ssh to connect', () => line.connectionCount() === 1);
      abort.abort();

      expect(await cancelled).toEqual({ ending: 'cancelled' });
      expect(await openSshSession(config, { signal: abort.signal })).toEqual({ ending: 'cancelled' });
      const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'args=']);
      expect(stdout).not.toContain(control.path);
    } finally {
      await line.stop();
    }
  });

  it('works below a folder whose name is too long for a socket, in one with a short name', async () => {
    const long = join(remote.temp.path, 'f'.repeat(90));
    await mkdir(long);
    const longest = join(tmpdir(), 'x'.repeat(86 - Buffer.byteLength(join(tmpdir(), '/fc-XXXXXX/s')) - 1));
    await mkdir(longest);
    for (const [wished, used] of [
      [long, '/tmp'],
      [longest, longest],
    ] as const) {
      const opened = await openSshSession(await remote.configure(), { signal: NEVER, controlFolder: wished });
      if (opened.ending !== 'opened') throw new Error(`not opened: ${JSON.stringify(opened)}`);
      expect(dirname(opened.session.controlFolder)).toBe(used);
      expect(await run(opened.session.config, 'echo in')).toMatchObject({ exitCode: 0, stderr: '' });
      await opened.session.close();
      expect(await readdir(wished)).toEqual([]);
    }
    await rm(longest, { recursive: true });
  });
});
