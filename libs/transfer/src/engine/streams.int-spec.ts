import { randomBytes } from 'node:crypto';
import { link, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startTcpProxy, type TcpProxy, waitFor } from '@fleetclone/testing';
import { writeSshConfig } from '../ssh/ssh-config';
import { GatedRemote } from '../testkit/gated-remote';
import { describeTree } from '../testkit/tree';
import { type Attempt, type AttemptOptions, TestAgent } from '../testkit/whole-attempt';

jest.setTimeout(60_000);

const LARGE_BYTES = 5_000_000;

describe('large files on connections of their own', () => {
  let remote: GatedRemote;
  let agent: TestAgent;
  let source: string;
  const attempt = (options: Partial<AttemptOptions> = {}): Promise<Attempt> =>
    agent.attempt({ sources: [source], streams: 3, ...options });
  const plantLarge = (name: string): Promise<void> =>
    writeFile(join(source, 'media', name), randomBytes(LARGE_BYTES));

  async function expectEqual(): Promise<void> {
    expect(await describeTree(join(remote.planFolder, 'current', source))).toEqual(
      await describeTree(source),
    );
  }

  beforeEach(async () => {
    remote = await GatedRemote.start('disk with [odd] *name*');
    agent = new TestAgent(remote);
    source = join(remote.temp.path, 'Users/ann');
    await mkdir(join(source, 'media'), { recursive: true });
    for (let at = 1; at <= 6; at += 1) await plantLarge(`large\n${at}`);
    await link(join(source, 'media/large\n1'), join(source, 'the first too'));
    await link(join(source, 'media/large\n1'), join(source, 'media/and again'));
    for (const name of ['one', 'two', 'three']) await writeFile(join(source, name), name);
  });
  afterEach(() => remote.stop());

  it('arrive once each, with all else beside them, also in a quick update', async () => {
    const first = await attempt();
    expect(first).toMatchObject({ streams: 3, outcome: { result: 'complete' } });
    expect(first.stats).toMatchObject({ filesTransferred: 9, bytesTransferred: 6 * LARGE_BYTES + 11 });
    await expectEqual();

    await plantLarge('seventh');
    await plantLarge('eighth');
    await rm(join(source, 'media/large\n2'));
    const second = await attempt();
    expect(second).toMatchObject({ strategy: 'quick', streams: 2, outcome: { result: 'complete' } });
    expect(second.stats).toMatchObject({ filesTransferred: 2, filesDeleted: 1 });
    await expectEqual();
  });

  describe('over a slow line', () => {
    let line: TcpProxy;
    beforeEach(async () => {
      line = await startTcpProxy(remote.sshd.port);
    });
    afterEach(() => line.stop());

    it('that are cut in the middle fail the run, and the next one sends what is missing', async () => {
      const folder = join(remote.temp.path, 'own connections');
      await mkdir(folder);
      const own = await writeSshConfig(folder, { ...remote.target, port: line.port });
      line.throttle(2_000_000);
      const pids: number[] = [];
      const running = attempt({
        surroundings: {
          onSpawn: ({ pid }) => void pids.push(pid),
          connections: {
            sharedConfigFile: remote.ssh.configFile,
            ownConfigFile: own.configFile,
            stderrTail: () => '',
          },
        },
      });
      await waitFor('the streams to be in the middle', () => line.bytesForwarded().up > LARGE_BYTES);
      expect(pids.length).toBe(3);
      process.kill(pids[1] ?? 0, 'SIGKILL');
      line.throttle(undefined);
      const cut = await running;

      expect(cut).toMatchObject({ streams: 3, outcome: { result: 'failed', retryable: true } });
      const again = await attempt();
      expect(again.outcome.result).toBe('complete');
      expect(again.stats?.bytesSent).toBeLessThan(5 * LARGE_BYTES);
      await expectEqual();
    });
  });
});
