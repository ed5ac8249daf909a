import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, truncate, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempFolder, type TempFolder } from '@fleetclone/testing';
import { detectRsync } from './detect-rsync';
import type { RsyncRunResult } from './rsync-run';
import { runRsync } from './run-rsync';

jest.setTimeout(60_000);

const LARGE_BYTES = 6_000_000;

describe('a source in use', () => {
  let temp: TempFolder;
  let source: string;
  let copy: string;
  beforeEach(async () => {
    temp = await makeTempFolder('changing');
    source = join(temp.path, 'source');
    copy = join(temp.path, 'copy');
    await mkdir(source);
    await mkdir(copy);
    await writeFile(join(source, 'a large'), randomBytes(LARGE_BYTES));
    await writeFile(join(source, 'small'), 'small');
    for (let index = 0; index < 5; index += 1) await writeFile(join(copy, `gone ${index}`), '');
  });
  afterEach(() => temp.remove());

  /** Copies slowly from folder to folder, and calls once when the first bytes have gone over. */
  async function copySlowly(
    more: readonly string[],
    inTheMiddle: () => Promise<unknown> = () => Promise.resolve(),
  ): Promise<RsyncRunResult> {
    const { binary } = await detectRsync();
    let begun: Promise<unknown> | undefined;
    const args = [
      ...[
        '-a',
        '--no-inc-recursive',
        '--delete-after',
        '-8',
        '--no-human-readable',
        '--outbuf=L',
        '--bwlimit=3000',
      ],
      ...['--info=progress2,stats2,name0', '--out-format=%i|%l|%n', ...more, `${source}/`, `${copy}/`],
    ];
    const result = await runRsync({
      binary,
      args: args.map((argument) => ({ argument, reason: 'test' })),
      folder: temp.path,
      silenceTimeoutMs: 30_000,
      signal: new AbortController().signal,
      onProgress: ({ bytesDone }) => {
        if (bytesDone > 0) begun ??= inTheMiddle();
      },
      onLog: () => undefined,
      onSpawn: () => undefined,
    });
    await begun;
    return result;
  }

  const gone = async (): Promise<number> =>
    (await readdir(copy)).filter((name) => name.startsWith('gone')).length;

  it('has a file that shrinks while it is read: told as changed, read again, and nothing is deleted', async () => {
    const result = await copySlowly([], () => truncate(join(source, 'a large'), 1_000));

    expect(result).toMatchObject({
      exitCode: 23,
      outcome: { result: 'partial', code: 'TRANSFER.CHANGED_WHILE_READ', layer: 'source', side: 'source' },
      deletionsSkipped: true,
      fileErrors: { count: 1, first: [{ kind: 'shrunk', path: { display: join(source, 'a large') } }] },
    });
    expect(await gone()).toBe(5);
    expect(await readFile(join(copy, 'a large'))).toEqual(await readFile(join(source, 'a large')));
  });

  it('has a file that is deleted before it is read: no failure, and what is gone is deleted', async () => {
    const result = await copySlowly([], () => unlink(join(source, 'small')));

    expect(result).toMatchObject({
      exitCode: 24,
      outcome: { result: 'complete-with-warnings', code: 'TRANSFER.VANISHED' },
      deletionsSkipped: false,
      fileErrors: { count: 1, first: [{ kind: 'vanished' }] },
    });
    expect(await gone()).toBe(0);
  });

  it('lost more than may be deleted: the rest is kept and counted', async () => {
    const result = await copySlowly(['--max-delete=2']);

    expect(result).toMatchObject({
      exitCode: 25,
      outcome: { result: 'partial', code: 'TRANSFER.MAX_DELETE', retryable: false },
      deletionsHeld: 3,
      stats: { filesDeleted: 2 },
    });
    expect(await gone()).toBe(3);
  });

  it('lost more than may be deleted while a file vanished: both are told', async () => {
    const result = await copySlowly(['--max-delete=2'], () => unlink(join(source, 'small')));

    expect(result).toMatchObject({
      exitCode: 24,
      outcome: { result: 'partial', code: 'TRANSFER.MAX_DELETE' },
      deletionsHeld: 3,
      fileErrors: { first: [{ kind: 'vanished' }] },
    });
  });
});
