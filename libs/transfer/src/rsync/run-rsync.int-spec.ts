import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempFolder, type TempFolder, waitFor } from '@fleetclone/testing';
import type { TransferProgress } from './progress-tracker';
import type { RsyncRunResult, RunRsyncOptions } from './rsync-run';
import type { RunLogLine } from './run-log';
import { runRsync } from './run-rsync';

jest.setTimeout(60_000);

describe('running rsync', () => {
  let temp: TempFolder;
  beforeEach(async () => (temp = await makeTempFolder('run-rsync')));
  afterEach(() => temp.remove());

  /** Runs a shell script in rsync's place. */
  async function runShim(script: string, changes: Partial<RunRsyncOptions> = {}): Promise<RsyncRunResult> {
    const binary = join(temp.path, 'shim');
    await writeFile(binary, `#!/bin/sh\n${script}\n`);
    await chmod(binary, 0o755);
    return runRsync({ ...options(binary), ...changes });
  }

  const options = (binary: string): RunRsyncOptions => ({
    binary,
    args: [{ argument: '--archive', reason: 'test' }],
    folder: temp.path,
    silenceTimeoutMs: 30_000,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onLog: () => undefined,
    onSpawn: () => undefined,
  });

  it('is not held up by ten megabytes of errors, keeps their tail, a bounded file and a bounded log', async () => {
    const log: RunLogLine[] = [];
    const result = await runShim(
      `line='rsync: [sender] opendir "/Users/ann/some folder with a long name" failed: Permission denied (13)'
      i=0; while [ $i -lt 15 ]; do block="$block$line
"; i=$((i + 1)); done
      i=0; while [ $i -lt 8000 ]; do printf '%s' "$block" >&2; i=$((i + 1)); done
      echo 'rsync error: some files/attrs were not transferred (see previous errors) (code 23)' >&2
      exit 23`,
      { onLog: (line) => log.push(line) },
    );

    expect(result.outcome).toMatchObject({ result: 'partial', code: 'TRANSFER.SOURCE_UNREADABLE' });
    expect(result.fileErrors.count).toBe(120_000);
    expect(result.fileErrors.first).toHaveLength(100);
    expect(result.stderrTail).toHaveLength(64 * 1024);
    expect(result.stderrTail).toMatch(/\(code 23\)\n$/);
    expect((await stat(join(temp.path, 'stderr.log'))).size).toBeLessThan(10.1 * 1024 * 1024);
    expect(log.length).toBeLessThan(2_100);
  });

  it('kills what ignores SIGTERM, and everything it started', async () => {
    const canceller = new AbortController();
    let pid = 0;
    const started = performance.now();
    const result = await runShim(`trap '' TERM; sleep 60 & echo ready; while :; do sleep 0.1; done`, {
      signal: canceller.signal,
      onSpawn: (child) => (pid = child.pid),
      onLog: () => canceller.abort(),
    });

    expect(result).toMatchObject({
      exitSignal: 'SIGKILL',
      outcome: { result: 'cancelled', code: 'TRANSFER.CANCELLED' },
    });
    expect(performance.now() - started).toBeLessThan(12_000);
    // The system itself buries what is left of an orphan, a moment later.
    await waitFor('the group to be gone', () => !groupExists(pid));
  });

  it('does not wait for a helper that outlives rsync and holds its pipes', async () => {
    const started = performance.now();
    const result = await runShim('sleep 60 & exit 12');

    expect(result.outcome).toMatchObject({ code: 'TRANSFER.CONNECTION_LOST' });
    expect(performance.now() - started).toBeLessThan(8_000);
  });

  it('ends what gives no sign of life, but not what does', async () => {
    const silent = await runShim('echo once; sleep 60', { silenceTimeoutMs: 700 });
    const lively = await runShim('for i in 1 2 3 4 5; do sleep 0.3; echo $i; done', {
      silenceTimeoutMs: 1_200,
    });

    expect(silent.outcome).toMatchObject({ result: 'failed', code: 'TRANSFER.SILENT', retryable: true });
    expect(lively.outcome.result).toBe('complete');
  });

  it('ends what takes too long in all, however lively', async () => {
    const result = await runShim('while :; do sleep 0.1; echo alive; done', { totalTimeoutMs: 800 });

    expect(result.outcome).toMatchObject({ result: 'failed', code: 'TRANSFER.TOO_LONG' });
  });

  it('lets a run that was completed in the same moment as it was cancelled stay complete', async () => {
    const canceller = new AbortController();
    const result = await runShim(`trap 'exit 0' TERM; echo ready; while :; do sleep 0.05; done`, {
      signal: canceller.signal,
      onLog: () => canceller.abort(),
    });

    expect(result.outcome.result).toBe('complete');
  });

  it('starts nothing when it is cancelled before it began', async () => {
    const spawned = jest.fn();
    const result = await runShim('exit 0', { signal: AbortSignal.abort(), onSpawn: spawned });

    expect(result.outcome.result).toBe('cancelled');
    expect(spawned).not.toHaveBeenCalled();
  });

  it('says that there is no rsync', async () => {
    const result = await runRsync(options(join(temp.path, 'no such rsync')));

    expect(result).toMatchObject({
      outcome: { result: 'failed', code: 'TRANSFER.TOOL_MISSING' },
      stats: null,
    });
  });

  it('hands over no environment but its own', async () => {
    process.env['RSYNC_PARTIAL_DIR'] = 'elsewhere';
    await runShim('env > environment');
    delete process.env['RSYNC_PARTIAL_DIR'];

    const names = (await readFile(join(temp.path, 'environment'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0] ?? '');
    expect(names.filter((name) => !['PWD', '_', 'SHLVL', 'OLDPWD'].includes(name)).sort()).toEqual([
      'HOME',
      'LC_ALL',
      'PATH',
    ]);
  });

  it('reports progress at most once a second', async () => {
    const looks: TransferProgress[] = [];
    await runShim(
      `i=0; while [ $i -lt 25 ]; do printf '\\r  %s00  4%%  1.00MB/s  0:00:01 (xfr#%s, to-chk=9/20)' $i $i; sleep 0.1; i=$((i + 1)); done`,
      { onProgress: (look) => looks.push(look) },
    );

    expect(looks.length).toBeGreaterThanOrEqual(2);
    expect(looks.length).toBeLessThanOrEqual(4);
  });

  it('ends rsync and passes the mistake on when a callback throws', async () => {
    const broken = runShim('echo ready; sleep 60', {
      onLog: () => {
        throw new Error('a mistake of the caller');
      },
    });

    await expect(broken).rejects.toThrow('a mistake of the caller');
  });
});

function groupExists(pid: number): boolean {
  try {
    return process.kill(-pid, 0);
  } catch {
    return false;
  }
}
