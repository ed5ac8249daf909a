import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startTcpProxy, type TcpProxy, waitFor } from '@fleetclone/testing';
import { killProcessGroup } from '../process/process-group';
import { detectRsync } from '../rsync/detect-rsync';
import { SSH_HOST_ALIAS, type SshConfig } from '../ssh/ssh-config';
import { PlainRemote } from '../testkit/plain-remote';
import { type Relay, startRelay, throughRelay } from './relay';

const CAP = 4_000_000;
const LOOK_EVERY_MS = 250;

interface Look {
  readonly atMs: number;
  readonly relay: { readonly up: number; readonly down: number };
  /** Counted by another program part, behind the relay. */
  readonly far: { readonly up: number; readonly down: number };
}
type Direction = 'up' | 'down';

describe('a capped relay with ssh inside', () => {
  let remote: PlainRemote;
  let line: TcpProxy;
  let relay: Relay;
  let ssh: SshConfig;
  const groups: number[] = [];

  beforeAll(async () => {
    remote = await PlainRemote.start();
    await writeFile(join(remote.temp.path, 'nothing'), '');
  });
  afterAll(() => remote.stop());
  beforeEach(async () => {
    line = await startTcpProxy(remote.target.port);
    relay = await startRelay({ host: '127.0.0.1', port: line.port }, CAP);
    ssh = await remote.configure(throughRelay(remote.target, relay));
  });
  afterEach(async () => {
    await Promise.all(groups.splice(0).map((pid) => killProcessGroup(pid, { graceMs: 2_000 })));
    await relay.close();
    await line.stop();
  });

  function start(program: string, args: readonly string[], stdin: number | 'ignore'): void {
    const child = spawn(program, args, { detached: true, stdio: [stdin, 'ignore', 'ignore'] });
    if (child.pid === undefined) throw new Error(`${program} could not be started`);
    groups.push(child.pid);
  }

  const sshArgs = (command: string): string[] => ['-T', '-F', ssh.configFile, '--', SSH_HOST_ALIAS, command];

  function startUpload(): void {
    const zeros = openSync('/dev/zero', 'r');
    start('/usr/bin/ssh', sshArgs('cat >/dev/null'), zeros);
    closeSync(zeros);
  }

  const startDownload = (): void => start('/usr/bin/ssh', sshArgs('cat /dev/zero'), 'ignore');

  async function startRsync(name: string): Promise<void> {
    const { binary } = await detectRsync();
    const source = join(remote.temp.path, name);
    const destination = join(remote.temp.path, `copy of ${name}`);
    await writeFile(source, '');
    await truncate(source, 200_000_000);
    await mkdir(destination);
    const rsh = `/usr/bin/ssh -F '${ssh.configFile.replaceAll("'", "''")}'`;
    start(binary, ['-W', `--rsh=${rsh}`, source, `${SSH_HOST_ALIAS}:${destination}/`], 'ignore');
  }

  const look = (): Look => ({
    atMs: performance.now(),
    relay: relay.bytesForwarded(),
    far: line.bytesForwarded(),
  });

  /** Looks at all counters again and again, from the moment at which data flows. */
  async function watch(durationMs: number, direction: Direction = 'up'): Promise<Look[]> {
    await waitFor('data to flow', () => line.bytesForwarded()[direction] > 100_000);
    const looks = [look()];
    const endMs = performance.now() + durationMs;
    while (performance.now() < endMs) {
      await pause(LOOK_EVERY_MS);
      looks.push(look());
    }
    return looks;
  }

  /** Bytes per second from one look to another, by the counter that is worse for us. */
  function rate(from: Look, to: Look, direction: Direction, worse: (a: number, b: number) => number): number {
    const seconds = (to.atMs - from.atMs) / 1000;
    return (
      worse(to.relay[direction] - from.relay[direction], to.far[direction] - from.far[direction]) / seconds
    );
  }

  /** The highest mean over any window of at least so long, and the lowest. */
  function means(looks: readonly Look[], windowMs: number, direction: Direction) {
    const windows = looks.flatMap((from) => {
      const to = looks.find(({ atMs }) => atMs >= from.atMs + windowMs);
      return to === undefined ? [] : [[from, to] as const];
    });
    expect(windows.length).toBeGreaterThan(1);
    return {
      highest: Math.max(...windows.map(([from, to]) => rate(from, to, direction, Math.max))),
      lowest: Math.min(...windows.map(([from, to]) => rate(from, to, direction, Math.min))),
    };
  }

  function expectJustBelow(
    looks: readonly Look[],
    windowMs: number,
    cap: number,
    direction: Direction = 'up',
  ) {
    const { highest, lowest } = means(looks, windowMs, direction);
    expect(highest).toBeLessThanOrEqual(cap);
    expect(lowest).toBeGreaterThanOrEqual(0.9 * cap);
  }

  it.each([1, 2, 4])(
    'keeps the sum of %d uploads at 90 to 100 %% of the cap',
    async (streams) => {
      for (let i = 0; i < streams; i += 1) startUpload();
      await waitFor('all of them to be connected', () => line.connectionCount() === streams);

      expectJustBelow(await watch(7_500), 5_000, CAP);
    },
    20_000,
  );

  it('keeps the sum of two rsyncs at 90 to 100 % of the cap', async () => {
    await Promise.all([startRsync('one'), startRsync('two')]);

    expectJustBelow(await watch(7_500), 5_000, CAP);
  }, 20_000);

  it('holds for each direction by itself', async () => {
    startUpload();
    startDownload();
    await waitFor('downloads to flow', () => line.bytesForwarded().down > 100_000);
    await pause(2_000); // what comes fills the buffers before the relay first, and is counted there

    const looks = await watch(6_500);

    expectJustBelow(looks, 5_000, CAP, 'up');
    expectJustBelow(looks, 5_000, CAP, 'down');
  }, 20_000);

  it('takes another cap while data flows, and none', async () => {
    startUpload();
    startUpload();
    await watch(500);

    relay.setCap(CAP / 4);
    await pause(500); // what stood in buffers before
    expectJustBelow(await watch(4_500), 4_000, CAP / 4);
    relay.setCap(2 * CAP);
    expectJustBelow(await watch(4_500), 4_000, 2 * CAP);
    relay.setCap(null);
    expect(means(await watch(2_000), 1_000, 'up').lowest).toBeGreaterThan(4 * CAP);
  }, 40_000);

  it('lets a small command through beside a large upload', async () => {
    relay.setCap(200_000);
    startUpload();
    await watch(1_000);
    const startedMs = performance.now();
    const command = spawn('/usr/bin/ssh', sshArgs('echo small'), { stdio: ['ignore', 'pipe', 'ignore'] });
    const [chunk] = (await once(command.stdout, 'data')) as [Buffer];

    expect(chunk.toString()).toBe('small\n');
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  }, 20_000);

  it('never lets a minute see more than the cap, with four streams in both directions', async () => {
    startUpload();
    startUpload();
    startDownload();
    startDownload();
    await waitFor('downloads to flow', () => line.bytesForwarded().down > 100_000);

    const looks = await watch(62_000);

    expectJustBelow(looks, 60_000, CAP, 'up');
    expectJustBelow(looks, 60_000, CAP, 'down');
  }, 80_000);
});
