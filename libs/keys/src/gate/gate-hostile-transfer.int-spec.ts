import { lstat, mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeTree } from '../testkit/odd-tree';
import { rsyncSaying } from '../testkit/hostile-rsh';
import { PlanAtGate } from '../testkit/plan-at-gate';
import { shells } from '../testkit/variants';
import { gateCommands, moduleDestination } from './gate-commands';
import { parseBeginReply } from './gate-reply';

jest.setTimeout(60_000);

describe('a hostile rsync at the gate, which takes one form of request only', () => {
  let plan: PlanAtGate;
  let source: string;
  let moduleRoot: string;
  beforeEach(async () => {
    const [shell] = shells;
    if (shell === undefined) throw new Error('there is no shell');
    plan = await PlanAtGate.create(shell);
    source = join(plan.gate.folder, 'source');
    for (const folder of [source, plan.folder]) {
      await mkdir(join(folder, 'snapshots/one'), { recursive: true });
      await writeFile(join(folder, 'snapshots/one/file'), folder === source ? 'evil' : 'good');
    }
    await mkdir(join(source, 'current'));
    await writeFile(join(source, 'current/file'), 'of the top');
    await mkdir(plan.at('current'));
    await utimes(plan.at('snapshots/one'), 1, 1);
    ({ moduleRoot } = parseBeginReply((await plan.begin(1)).stdout));
  });
  afterEach(() => plan.remove());

  const push = (words: readonly string[]) =>
    rsyncSaying(
      plan.gate,
      words.map((word) => word.replace('@', `${moduleRoot}/`)),
      ...['-aI', '--delete', `--rsync-path=${gateCommands.rsyncPath(plan.attempt(1))}`, '--'],
      ...[`${source}/`, `remote::${moduleDestination(moduleRoot, 'current/')}`],
    );

  it('is let in when it says what any rsync does', async () => {
    expect(await push(['--backup-dir', '@archive/1', '--link-dest', '@snapshots/one'])).toMatchObject({
      exitCode: 0,
    });
    await expect(readFile(plan.at('current/current/file'), 'utf8')).resolves.toBe('of the top');
  });

  // Each makes rsync itself take "." or another word for its destination, and so write at the top of the plan, or
  // leads an option elsewhere.
  it.each(
    [
      ['--suffix', '-x', 'stray'],
      ['--suffix', '-x', '.'],
      ['--suffix', '-x', 'snapshots/one'],
      ['--suffix', '--link-dest', '@snapshots/one'],
      ['--suffix', '--backup-dir', '@archive/1'],
      ['--log-format', '--backup-dir', '@archive/1'],
      ['--out-format', '--partial-dir', 'x'],
      ['--max-delete', '--partial-dir', 'x'],
      ['-vB', '--partial-dir', 'x'],
      ['stray'],
      ['.'],
      ['.', '.'],
      ['--backup-dir', '@snapshots/one'],
      ['--backup-dir=@snapshots/one'],
      ['--backup-dir', '-x'],
      ['--backup-dir', 'relative'],
      ['--link-dest', '@current/../.fleetclone'],
      ['--partial-dir', '@snapshots/one'],
      ['--files-from', '@snapshots/one/file'],
      ['--files-from=@snapshots/one/file'],
      ['--log-file=@snapshots/one/file'],
      ['-T', '@snapshots/one'],
      ['-T@snapshots/one'],
      ['--temp-dir=@snapshots/one'],
    ].map((words) => ({ words })),
  )('is refused when it says $words', async ({ words }) => {
    const before = await describeTree(plan.at('snapshots'));
    expect((await push(words)).exitCode).not.toBe(0);
    expect(await describeTree(plan.at('snapshots'))).toEqual(before);
    await expect(readdir(plan.at('current'))).resolves.toEqual([]);
    expect((await readdir(plan.folder)).sort()).toEqual(['.fleetclone', 'current', 'snapshots']);
    expect((await lstat(plan.at('snapshots/one'))).mtimeMs).toBe(1000);
  });
});
