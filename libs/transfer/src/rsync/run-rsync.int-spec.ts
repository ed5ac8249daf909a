import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { chmod, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
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

  const errorLine =
    'rsync: [sender] opendir "/Users/ann/some folder with a long name" failed: Permission denied (13)';

  it('lists ten megabytes of errors in a file, keeps a hundred of them, and few lines for the log', async () => {
    const log: RunLogLine[] = [];
    const result = await runShim(
      `echo '@ERROR: said before the storm' >&2
      yes '${errorLine}' | head -n 120000 >&2
      printf '%s\\n' 'file has vanished: "/Users/ann/a\\#012b\\#377"' >&2
      echo 'rsync error: some files/attrs were not transferred (see previous errors) (code 23)' >&2
      exit 23`,
      { onLog: (line) => log.push(line) },
    );
    const lines = (await readFile(join(temp.path, 'file-errors.jsonl'), 'utf8')).trimEnd().split('\n');

    expect(result.outcome).toMatchObject({ result: 'partial', code: 'TRANSFER.SOURCE_UNREADABLE' });
    expect(result.fileErrors).toMatchObject({ count: 120_001, first: { length: 100 } });
    expect(result.fileErrorFile).toEqual({ path: join(temp.path, 'file-errors.jsonl'), isComplete: true });
    expect(lines).toHaveLength(120_001);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      kind: 'vanished',
      path: '/Users/ann/a\\x0ab\\xff',
      bytes: Buffer.from('/Users/ann/a\nb\xff', 'latin1').toString('base64'),
    });
    // The storm washes nothing else away.
    expect(result.stderrTail).toMatch(/^@ERROR: said before the storm\nrsync error: .*\(code 23\)\n$/);
    expect(await readFile(join(temp.path, 'stderr.log'), 'utf8')).toBe(result.stderrTail);
    expect(log.length).toBeLessThan(40);
    expect(log.at(-1)?.text).toContain('120000 times in all');
  });

  it('waits for the disk that the list of errors is on, so that none is missing and memory stays bounded', async () => {
    const list = join(temp.path, 'file-errors.jsonl');
    await promisify(execFile)('mkfifo', [list]);
    const exits: string[] = [];
    const running = runShim(`yes '${errorLine}' | head -n 60000 >&2; exit 23`).finally(() =>
      exits.push('ended'),
    );
    await pause(1_500);

    expect(exits).toEqual([]);
    let read = 0;
    for await (const chunk of createReadStream(list) as AsyncIterable<Buffer>)
      for (const byte of chunk) read += byte === 0x0a ? 1 : 0;
    expect((await running).fileErrorFile?.isComplete).toBe(true);
    expect(read).toBe(60_000);
  });

  it('goes on when the list of errors cannot be written, and says so', async () => {
    const log: RunLogLine[] = [];
    await symlink(join(temp.path, 'missing', 'folder'), join(temp.path, 'file-errors.jsonl'));
    const result = await runShim(`yes '${errorLine}' | head -n 20000 >&2; exit 23`, {
      onLog: (line) => log.push(line),
    });

    expect(result.fileErrors.count).toBe(20_000);
    expect(result.fileErrorFile?.isComplete).toBe(false);
    expect(log.filter(({ text }) => text.includes('could not be written'))).toHaveLength(1);
  });

  it('stays small and awake whatever comes: 100 MB on each output', async () => {
    const before = process.memoryUsage.rss();
    let longestGapMs = 0;
    let peak = before;
    let last = performance.now();
    const ticks = setInterval(() => {
      const now = performance.now();
      longestGapMs = Math.max(longestGapMs, now - last);
      last = now;
      peak = Math.max(peak, process.memoryUsage.rss());
    }, 20);
    const words =
      'words that are too long for what they say, as words of programs like to be, and say nothing at all';
    const result = await runShim(
      `yes '>f+++++++++|12|Users/ann/a name' | head -c 10000000
      yes '${errorLine}' | head -c 10000000 >&2
      yes '${words}' | head -c 20000000 &
      yes '${words}' | head -c 20000000 >&2
      yes | tr -d '\\n' | head -c 70000000
      yes | tr -d '\\n' | head -c 70000000 >&2
      wait; exit 12`,
    );
    clearInterval(ticks);

    expect(result.outcome.code).toBe('TRANSFER.CONNECTION_LOST');
    expect(longestGapMs).toBeLessThan(1_000);
    expect(peak - before).toBeLessThan(150 * 1024 * 1024);
    expect((await stat(join(temp.path, 'stderr.log'))).size).toBeLessThanOrEqual(1024 * 1024);
  });

  it('asks the kept connection why it was lost', async () => {
    const ssh = { stderrTail: () => 'Timeout, server example not responding.\n' };
    const result = await runShim(
      `echo 'rsync: connection unexpectedly closed (0 bytes received so far) [sender]' >&2; exit 12`,
      {
        ssh,
      },
    );

    expect(result.outcome).toMatchObject({ code: 'SSH.LOST', layer: 'network', retryable: true });
  });

  it('tells each entry with its exact name', async () => {
    const names: string[] = [];
    await runShim(
      `printf '<f+++++++++|3|/Users/ann/a\\\\#012b\\377\\n*deleting  |0|Users/ann/gone\\n.d..t......|0|/Users/ann/d/\\n'`,
      { onItem: (event) => names.push(`${event.type} ${event.path.bytes.toString('latin1')}`) },
    );

    expect(names).toEqual(['item Users/ann/a\nb\xff', 'deleted Users/ann/gone', 'item Users/ann/d/']);
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
