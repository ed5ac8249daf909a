import { once } from 'node:events';
import { lstat, mkdir, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '@fleetclone/testing';
import { PlanAtGate } from '../testkit/plan-at-gate';
import { shells } from '../testkit/variants';
import { GATE_FAILED, GATE_NAME_TAKEN, GATE_NOT_THERE, GATE_SUPERSEDED, gateCommands } from './gate-commands';
import { parseBeginReply, parsePublishReply } from './gate-reply';

jest.setTimeout(60_000);

const refused = (exitCode: number, reason: string) => ({
  exitCode,
  stdout: '',
  stderr: `fc-gate: ${reason}\n`,
});

describe.each(shells)('publishing a snapshot under $name', (shell) => {
  let plan: PlanAtGate;
  beforeEach(async () => {
    plan = await PlanAtGate.create(shell);
    await plan.begin(1);
    await fill('partial', 'first');
  });
  afterEach(() => plan.remove());

  const fill = async (folder: string, content: string) => {
    await mkdir(plan.at(folder), { recursive: true });
    await writeFile(plan.at(folder, 'file'), content);
  };
  const read = (folder: string) => readFile(plan.at(folder, 'file'), 'utf8');
  const latest = () => readlink(plan.at('latest'));
  const published = (name: string) => ({
    exitCode: 0,
    stdout: `@@publish\nsnapshot ${name}\n@@end\n`,
    stderr: '',
  });

  it('renames what was unpublished, and names it the latest', async () => {
    const result = await plan.publish(1, 'one');
    expect(result).toEqual(published('one'));
    expect(parsePublishReply(result.stdout)).toEqual({ snapshot: 'one' });
    await expect(latest()).resolves.toBe('snapshots/one');
    await expect(read('latest')).resolves.toBe('first');
    expect((await readdir(plan.folder)).sort()).toEqual(['.fleetclone', 'latest', 'snapshots']);
    expect((await readdir(plan.at('.fleetclone'))).sort()).toEqual([
      ...['lock', 'plan.json', 'published', 'reserve'],
    ]);
    await expect(readdir(join(plan.gate.base, 'run'))).resolves.toEqual([]);
  });

  it('is told to the next run, which begins with what is unpublished as it is', async () => {
    expect(parseBeginReply((await plan.begin(1)).stdout)).toMatchObject({
      latestSnapshot: null,
      found: 'nothing',
    });
    await plan.publish(1, 'one');
    await plan.finish(1);
    await fill('partial', 'half of it');
    expect(parseBeginReply((await plan.begin(2)).stdout)).toMatchObject({
      latestSnapshot: 'one',
      found: 'copy',
      previous: { runId: 'run-1', fence: 1, outcome: 'succeeded' },
    });
    await expect(read('partial')).resolves.toBe('half of it');
  });

  it('leaves earlier ones as they are, and "latest" there all the time', async () => {
    await plan.publish(1, 'one');
    const over = new AbortController();
    const watch = (async () => {
      while (!over.signal.aborted) expect(['snapshots/one', 'snapshots/two']).toContain(await latest());
    })();
    await plan.begin(2);
    await fill('partial', 'second');
    expect(await plan.publish(2, 'two')).toEqual(published('two'));
    over.abort();
    await watch;
    await expect(read('snapshots/one')).resolves.toBe('first');
    await expect(read('latest')).resolves.toBe('second');
    expect((await readdir(plan.at('snapshots/one'))).sort()).toEqual(['file']); // nothing was moved into it
  });

  it('is done once when asked for twice', async () => {
    await plan.publish(1, 'one');
    expect(await plan.publish(1, 'one')).toEqual(published('one'));
    await plan.begin(1);
    expect(await plan.publish(1, 'one')).toEqual(published('one'));
    await expect(readdir(plan.at('snapshots'))).resolves.toEqual(['one']);
  });

  it('is refused for a name that another attempt has used, and changes nothing', async () => {
    await plan.publish(1, 'one');
    await plan.begin(2);
    await fill('partial', 'second');
    expect(await plan.publish(2, 'one')).toEqual(refused(GATE_NAME_TAKEN, "the snapshot's name is taken"));
    await expect(read('snapshots/one')).resolves.toBe('first');
    await expect(read('partial')).resolves.toBe('second');
  });

  it('is refused when there is nothing, or a link to something', async () => {
    const nothing = refused(GATE_NOT_THERE, 'nothing to publish');
    await rm(plan.at('partial'), { recursive: true });
    expect(await plan.publish(1, 'one')).toEqual(nothing);
    await fill('elsewhere', 'x');
    await symlink('elsewhere', plan.at('partial'));
    expect(await plan.publish(1, 'one')).toEqual(nothing);
    await expect(lstat(plan.at('snapshots'))).rejects.toThrow('ENOENT');
  });

  it('never goes through a link that was planted in the place of the snapshots', async () => {
    await fill('elsewhere', 'x');
    await symlink('elsewhere', plan.at('snapshots'));
    expect(await plan.publish(1, 'one')).toMatchObject({ exitCode: GATE_FAILED });
    await expect(readdir(plan.at('elsewhere'))).resolves.toEqual(['file']);
    await expect(read('partial')).resolves.toBe('first');
  });

  it('belongs to the owner under way', async () => {
    await plan.begin(2);
    expect(await plan.publish(1, 'one')).toEqual(refused(GATE_SUPERSEDED, 'superseded by run-2 2'));
    await plan.finish(2);
    expect(await plan.publish(2, 'one')).toEqual(
      refused(GATE_SUPERSEDED, 'superseded by run-2 2 (succeeded)'),
    );
    await expect(read('partial')).resolves.toBe('first');
  });

  it.each([
    ['before the rename', 'sync', [], undefined],
    ['between the rename and the new "latest"', 'ln', ['one'], 'snapshots/none'],
    ['just before the new "latest" is in place', 'mv', ['one'], 'snapshots/none'],
  ])('is completed by the same attempt after it was killed %s', async (_when, program, snapshots, before) => {
    if (before !== undefined) await symlink(before, plan.at('latest'));
    const killGate = `for work in '${plan.gate.base}'/run/*.work; do pid=\${work%.work}; kill -s KILL "\${pid##*.}"; done`;
    await plan.gate.standIn(program, `case $* in *./partial*|*.new.*) exec "$real" "$@"; esac\n${killGate}`);
    expect(await plan.publish(1, 'one')).toMatchObject({ exitCode: null, stdout: '' });
    await plan.gate.endStandIn(program);
    await expect(readdir(plan.at('snapshots'))).resolves.toEqual(snapshots);
    await plan.begin(1);
    expect(await plan.publish(1, 'one')).toEqual(published('one'));
    await expect(read('latest')).resolves.toBe('first');
  });

  it('does not happen when another run takes over before the rename', async () => {
    const begin = plan.gate.requestFrom(gateCommands.begin(plan.attempt(2)));
    await plan.gate.standIn('sync', `rm -f "$0"\n${begin} >'${plan.gate.folder}/taken over'`);
    expect(await plan.publish(1, 'one')).toMatchObject({ exitCode: null, stdout: '' });
    await waitFor('the takeover to end', async () =>
      (await readFile(join(plan.gate.folder, 'taken over'), 'utf8')).includes('@@end'),
    );
    await expect(readdir(plan.at('snapshots'))).resolves.toEqual([]);
    await expect(read('partial')).resolves.toBe('first');
    expect(await plan.publish(2, 'two')).toEqual(published('two'));
  });

  it('ends the transfers of its own attempt first, and lets none begin meanwhile', async () => {
    const child = plan.gate.start(`${gateCommands.rsyncPath(plan.attempt(1))} --server --daemon .`, shell);
    try {
      child.stderr?.resume();
      await once(child.stdout!, 'data');
      const another = plan.gate.requestFrom(`${gateCommands.rsyncPath(plan.attempt(1))} --server --daemon .`);
      await plan.gate.standIn('sync', `${another} >'${plan.gate.folder}/refusal' 2>&1`);
      expect(await plan.publish(1, 'one')).toEqual(published('one'));
      await waitFor('the transfer to end', () => child.exitCode);
    } finally {
      child.kill('SIGKILL');
    }
    await expect(readFile(join(plan.gate.folder, 'refusal'), 'utf8')).resolves.toBe(
      'fc-gate: a snapshot of this plan is being made or published\n',
    );
    await expect(readdir(join(plan.gate.base, 'run'))).resolves.toEqual([]);
  });
});
