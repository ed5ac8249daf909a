import { type ChildProcess } from 'node:child_process';
import { link, lstat, mkdir, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '@fleetclone/testing';
import { describeTree, makeOddTree } from '../testkit/odd-tree';
import { PlanAtGate } from '../testkit/plan-at-gate';
import { canMountDisks, mountDisk, unmountDisk } from '../testkit/small-disk';
import { shells } from '../testkit/variants';
import { GATE_BUSY, GATE_FAILED, GATE_NOT_THERE, gateCommands } from './gate-commands';
import { parseCloneReply } from './gate-reply';

jest.setTimeout(60_000);

const refused = (exitCode: number, reason: string) => ({
  exitCode,
  stdout: '',
  stderr: `fc-gate: ${reason}\n`,
});

describe.each(shells)('cloning a snapshot under $name', (shell) => {
  let plan: PlanAtGate;
  let snapshot: string;
  const started: ChildProcess[] = [];
  beforeEach(async () => {
    plan = await PlanAtGate.create(shell);
    await plan.begin(1);
    snapshot = plan.at('snapshots/one');
    await mkdir(snapshot, { recursive: true });
    await makeOddTree(snapshot);
  });
  afterEach(async () => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    await plan.remove();
  });

  const inodeOf = async (...names: string[]) => (await lstat(plan.at(...names))).ino;
  const makesEqualPartial = async (method: 'hard-links' | 'clones') => {
    const before = await describeTree(snapshot);
    const result = await plan.clone(1, 'one');
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(parseCloneReply(result.stdout)).toEqual({ method });
    expect(await describeTree(plan.at('partial'))).toEqual(before);
    expect(await describeTree(snapshot)).toEqual(before);
    expect((await inodeOf('partial/plain.txt')) === (await inodeOf('snapshots/one/plain.txt'))).toBe(
      method === 'hard-links',
    );
    expect((await readdir(plan.at('.fleetclone'))).sort()).toEqual(['lock', 'plan.json', 'reserve']);
    await expect(readdir(join(plan.gate.base, 'run'))).resolves.toEqual([]);
  };

  it('makes an equal one of hard links, whatever is in it', () => makesEqualPartial('hard-links'));

  it('does so with rsync where cp is not that of GNU', async () => {
    await plan.gate.standIn('cp', 'echo "cp: illegal option -- -" >&2; exit 64');
    await makesEqualPartial('hard-links');
  });

  it('makes real clones on APFS', async () => {
    await onMac('apfs');
    await rm(join(snapshot, 'big too'));
    await makesEqualPartial('clones');
  });

  it('makes hard links on APFS where clones would part what is one file, or cp cannot clone', async () => {
    await onMac('apfs');
    await makesEqualPartial('hard-links');
    await rm(join(snapshot, 'big too'));
    await plan.gate.standIn('cp', 'exit 64');
    await makesEqualPartial('hard-links');
  });

  it('follows no link, within the snapshot or in its place', async () => {
    const outside = join(plan.gate.folder, 'outside');
    await writeFile(outside, 'x');
    await symlink(outside, join(snapshot, 'link outside'));
    for (const program of ['', 'exit 64']) {
      if (program !== '') await plan.gate.standIn('cp', program);
      await plan.clone(1, 'one');
      await expect(readlink(plan.at('partial/link outside'))).resolves.toBe(outside);
      expect((await lstat(outside)).nlink).toBe(1);
    }
    await symlink('one', plan.at('snapshots/alias'));
    expect(await plan.clone(1, 'alias')).toEqual(refused(GATE_NOT_THERE, 'no such snapshot'));
  });

  it('replaces what was unpublished, and what an earlier clone left that was killed', async () => {
    await mkdir(plan.at('partial/deep'), { recursive: true });
    await link(join(snapshot, 'big'), plan.at('partial/deep/big'));
    await mkdir(plan.at('.fleetclone/clone.run-0.0.1'));
    await makesEqualPartial('hard-links');
  });

  it('leaves what was unpublished alone when there is no such snapshot', async () => {
    await mkdir(plan.at('partial'));
    expect(await plan.clone(1, 'two')).toEqual(refused(GATE_NOT_THERE, 'no such snapshot'));
    await expect(readdir(plan.at('partial'))).resolves.toEqual([]);
  });

  it('is ended by a run that takes over, and a transfer has to wait for it', async () => {
    const program = `case $* in --version) exec "$real" "$@"; esac; touch '${plan.gate.folder}/cloning'; sleep 60`;
    await plan.gate.standIn('cp', program);
    const command = gateCommands.clone({ ...plan.attempt(1), snapshot: 'one' });
    const child = plan.gate.start(command, shell);
    started.push(child);
    await waitFor('the clone to begin', () => lstat(join(plan.gate.folder, 'cloning')).catch(() => null));
    expect(await plan.transfer(1)).toEqual(
      refused(GATE_BUSY, 'a snapshot of this plan is being made or published'),
    );
    expect(await plan.begin(2)).toMatchObject({ exitCode: 0 });
    await waitFor('the clone to end', () => child.exitCode ?? child.signalCode);
    await expect(lstat(plan.at('partial'))).rejects.toThrow('ENOENT');
    await expect(readdir(join(plan.gate.base, 'run'))).resolves.toEqual([]);
    await plan.gate.endStandIn('cp');
    expect(await plan.clone(2, 'one')).toMatchObject({ exitCode: 0 });
  });

  if (canMountDisks) {
    it('says so when the disk has no room for it, and leaves nothing half-made', async () => {
      await mkdir(plan.at('partial'));
      const disk = plan.gate.root;
      await mountDisk(disk, 'size=4m,nr_inodes=60');
      try {
        await plan.begin(1);
        for (let number = 0; number < 35; number += 1) {
          await mkdir(plan.at('snapshots/one', `${number}`), { recursive: true });
        }
        expect(await plan.clone(1, 'one')).toEqual(refused(GATE_FAILED, 'no space left at the destination'));
        expect((await readdir(plan.folder)).sort()).toEqual(['.fleetclone', 'snapshots']);
        expect((await readdir(plan.at('.fleetclone'))).sort()).toEqual(['lock', 'plan.json', 'reserve']);
      } finally {
        await unmountDisk(disk);
      }
    });
  }

  /** What a Mac's programs would answer; its cp clones where this one copies. */
  const onMac = async (fileSystem: string) => {
    await plan.gate.standIn('uname', 'echo Darwin 25.0.0 arm64');
    await plan.gate.standIn('df', 'echo Filesystem; echo "/dev/disk4s1 100 50 50 50% /Volumes/a b"');
    await plan.gate.standIn(
      'mount',
      `echo '/dev/disk4 on / (hfs, local)'; echo '/dev/disk4s1 on /Volumes/a b (${fileSystem}, local, nodev)'`,
    );
    await plan.gate.standIn('cp', 'case $1 in -cpPR) shift; exec "$real" -pPR "$@"; esac; exit 64');
    // Where this one is built without creation times, it does without.
    await plan.gate.standIn(
      'rsync',
      'for word; do shift; [ "$word" = --crtimes ] || set -- "$@" "$word"; done; exec "$real" "$@"',
    );
  };
});
