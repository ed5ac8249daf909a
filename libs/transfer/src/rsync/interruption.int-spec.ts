import { randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { waitFor } from '@fleetclone/testing';
import { identifyProcess, isSameProcess, type ProcessIdentity } from '../process/process-identity';
import { GatedRemote } from '../testkit/gated-remote';
import { mirror, type MirrorOptions, type MirrorRun } from '../testkit/mirror';
import { describeTree } from '../testkit/tree';

const run = promisify(execFile);
const LARGE_BYTES = 24_000_000;

jest.setTimeout(60_000);

describe('a mirror that is interrupted', () => {
  let remote: GatedRemote;
  let source: string;
  const copy = (): string => join(remote.planFolder, 'current', source);

  beforeEach(async () => {
    remote = await GatedRemote.start();
    source = join(remote.temp.path, 'Users/ann');
    await mkdir(source, { recursive: true });
    await writeFile(join(source, 'a replaced'), 'the last good version');
    await writeFile(join(source, 'deleted later'), 'the last good version');
    await mirror(remote, { sources: [source], archiveName: 'good' });
    await writeFile(join(source, 'a replaced'), 'a newer version');
    await rm(join(source, 'deleted later'));
    await writeFile(join(source, 'large'), randomBytes(LARGE_BYTES));
  });
  afterEach(() => remote.stop());

  /** Starts a slow attempt and lets `interrupt` act when about a third of the large file has been sent. */
  async function interrupted(
    interrupt: (pid: number) => void | Promise<void>,
    options: Partial<MirrorOptions> = {},
  ): Promise<MirrorRun> {
    let pid = 0;
    let acted: Promise<void> | undefined;
    const result = await mirror(remote, {
      sources: [source],
      archiveName: 'cut',
      bandwidthLimitKiBps: 4000,
      onSpawn: (child) => (pid = child.pid),
      onProgress: ({ bytesTransferred }) => {
        if (bytesTransferred > LARGE_BYTES / 3) acted ??= Promise.resolve(interrupt(pid));
      },
      ...options,
    });
    await acted;
    return result;
  }

  async function expectNothingLeftRunning(): Promise<void> {
    await waitFor('both ends to be gone', async () => (await processesOf(remote.temp.path)).length === 0);
  }

  async function expectLastGoodCopy(): Promise<void> {
    expect(await readFile(join(copy(), 'a replaced'), 'utf8')).toBe('the last good version');
    expect(await readFile(join(copy(), 'deleted later'), 'utf8')).toBe('the last good version');
    await expect(readFile(join(copy(), 'large'))).rejects.toThrow('ENOENT');
  }

  async function expectResumed(): Promise<void> {
    const again = await mirror(remote, { sources: [source], archiveName: 'again' });

    expect(again.outcome.result).toBe('complete');
    expect(again.stats?.bytesSent).toBeLessThan(LARGE_BYTES * 0.8);
    expect(await describeTree(copy())).toEqual(await describeTree(source));
    expect(await readFile(join(remote.planFolder, 'archive/again', source, 'deleted later'), 'utf8')).toBe(
      'the last good version',
    );
  }

  it('ends both ends within 12 s of a cancel, leaves the last good copy as it was, and resumes', async () => {
    const canceller = new AbortController();
    let cancelledAtMs = 0;
    const result = await interrupted(
      () => {
        cancelledAtMs = performance.now();
        canceller.abort();
      },
      { signal: canceller.signal },
    );

    expect(result.outcome).toMatchObject({ result: 'cancelled', code: 'TRANSFER.CANCELLED' });
    await expectNothingLeftRunning();
    expect(performance.now() - cancelledAtMs).toBeLessThan(12_000);
    await expectLastGoodCopy();
    await expectResumed();
  });

  it('resumes after rsync was killed without warning', async () => {
    const result = await interrupted((pid) => void process.kill(pid, 'SIGKILL'));

    expect(result).toMatchObject({ exitCode: null, exitSignal: 'SIGKILL' });
    expect(result.outcome).toMatchObject({ result: 'failed', code: 'TRANSFER.CRASHED', retryable: true });
    await expectNothingLeftRunning();
    await expectLastGoodCopy();
    await expectResumed();
  });

  it('resumes after the connection was lost', async () => {
    const result = await interrupted(async (pid) => {
      const [ssh] = (await processesOf('fleetclone-target')).filter(
        (found) => found.group === pid && found.pid !== pid,
      );
      process.kill(ssh?.pid ?? 0, 'SIGKILL');
    });

    expect(result.outcome).toMatchObject({ result: 'failed', retryable: true, side: 'path' });
    await expectNothingLeftRunning();
    await expectLastGoodCopy();
    await expectResumed();
  });

  it('says that a later attempt took over at the remote', async () => {
    const result = await interrupted(async () => {
      await remote.begin('another-run', 1000);
    });

    expect(result.outcome).toMatchObject({
      result: 'failed',
      code: 'TRANSFER.REMOTE_TERMINATED',
      side: 'remote',
    });
    await expectNothingLeftRunning();
    await expectLastGoodCopy();
  });

  it('can be told apart by an agent that was restarted meanwhile', async () => {
    const seen: { readonly identity: ProcessIdentity; readonly isSame: boolean }[] = [];
    await interrupted(async (pid) => {
      const identity = await identifyProcess(pid);
      if (identity !== null) seen.push({ identity, isSame: await isSameProcess(identity) });
      process.kill(-pid, 'SIGTERM');
    });

    expect(seen).toMatchObject([{ isSame: true }]);
    expect(await isSameProcess(seen[0]!.identity)).toBe(false);
  });
});

/** Processes whose command line holds the text; the listing itself is not among them. */
async function processesOf(
  text: string,
): Promise<readonly { readonly pid: number; readonly group: number }[]> {
  const { stdout } = await run('ps', ['-A', '-ww', '-o', 'pid=,pgid=,stat=,args=']);
  return stdout.split('\n').flatMap((line) => {
    const [, pid, group, state = '', args = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    const counts = /\brsync\b|\bssh -F\b/.test(args) && args.includes(text) && !state.startsWith('Z');
    return counts ? [{ pid: Number(pid), group: Number(group) }] : [];
  });
}
