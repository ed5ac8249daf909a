import { mkdir, rm, statfs, symlink, writeFile } from 'node:fs/promises';
import { PlanAtGate } from '../testkit/plan-at-gate';
import { shells } from '../testkit/variants';
import { type BeginReply, parseBeginReply } from './gate-reply';

jest.setTimeout(60_000);

describe.each(shells)('what the gate tells at a begin under $name', (shell) => {
  let plan: PlanAtGate;
  beforeEach(async () => {
    plan = await PlanAtGate.create(shell);
  });
  afterEach(() => plan.remove());

  const begin = async (number = 1): Promise<BeginReply> => parseBeginReply((await plan.begin(number)).stdout);

  it('is whose plan it was before, and how that ended', async () => {
    expect((await begin(3)).previous).toBeNull();
    expect((await begin(3)).previous).toBeNull();
    expect((await begin(5)).previous).toEqual({ runId: 'run-3', fence: 3, outcome: 'unfinished' });
    await plan.finish(5, 'partial');
    expect((await begin(5)).previous).toBeNull();
    await plan.finish(5, 'cancelled');
    expect((await begin(6)).previous).toEqual({ runId: 'run-5', fence: 5, outcome: 'cancelled' });
    await writeFile(plan.at('.fleetclone/lock/claim.7'), '');
    expect((await begin(8)).previous).toEqual({ runId: 'unknown', fence: 7, outcome: 'unfinished' });
  });

  it('is whether there is a copy, or one under way, and which snapshot is the latest', async () => {
    const copies = async () => {
      const { found, hasPartial, latestSnapshot } = await begin();
      return [found, hasPartial, latestSnapshot];
    };
    expect(await copies()).toEqual(['nothing', false, null]);
    await mkdir(plan.at('current'));
    await mkdir(plan.at('partial'));
    expect(await copies()).toEqual(['nothing', false, null]);
    await writeFile(plan.at('current/.hidden'), '');
    await symlink('nowhere', plan.at('partial/dangling'));
    expect(await copies()).toEqual(['copy', true, null]);
    await rm(plan.at('current'), { recursive: true });
    await mkdir(plan.at('snapshots/one'), { recursive: true });
    expect(await copies()).toEqual(['copy', true, null]);
    for (const target of [
      'snapshots',
      'snapshots/two',
      'snapshots/one/..',
      '/tmp',
      'partial',
      '.fleetclone',
    ]) {
      await symlink(target, plan.at('latest'));
      expect([target, ...(await copies())]).toEqual([target, 'copy', true, null]);
      await rm(plan.at('latest'));
    }
    await symlink('snapshots/one', plan.at('latest'));
    expect(await copies()).toEqual(['copy', true, 'one']);
  });

  it("is the system, and the file system and free space of the plan's folder", async () => {
    const { system, fileSystem, freeKib } = await begin();
    expect(system).toMatch(/^\w+ \S+ \S+$/);
    expect(fileSystem).toMatch(/^[a-z]\S+$/);
    const { bavail, bsize } = await statfs(plan.folder);
    expect(Math.abs(freeKib / ((bavail * bsize) / 1024) - 1)).toBeLessThan(0.1); // others write meanwhile
  });

  it("is a Mac's file system and free space by its own tools", async () => {
    await plan.gate.standIn('uname', 'echo Darwin 25.0.0 arm64');
    const table = [
      'Filesystem 1024-blocks Used Available Capacity Mounted on',
      '/dev/disk3s5 9713 100 4321 9% /Volumes/A 2%',
    ];
    await plan.gate.standIn('df', table.map((line) => `echo '${line}'`).join('\n'));
    const mounts = [
      '/dev/disk3s1s1 on / (apfs, sealed, local)',
      '/dev/disk3s5 on /Volumes/A 2% (1) (hfs, local, journaled)',
      'map auto_home on /System/Volumes/Data/home (autofs, automounted)',
    ];
    await plan.gate.standIn('mount', mounts.map((line) => `echo '${line}'`).join('\n'));
    const mac = { system: 'Darwin 25.0.0 arm64', freeKib: 4321 };
    expect(await begin()).toMatchObject({ ...mac, fileSystem: 'hfs' });
    await plan.gate.standIn('mount', 'exit 1');
    expect(await begin()).toMatchObject({ ...mac, fileSystem: null });
  });

  it('is all that rsync says of itself, as far as it can be printed and is not too long', async () => {
    expect((await begin()).rsyncVersionText).toMatch(/^rsync .*\n(.*\n)+ *Capabilities:/i);
    const script = 'printf "rsync 9 \\303\\274\\n  x | y\\n\\n"; head -c 9000 /dev/zero | tr "\\000" z';
    await plan.gate.standIn('rsync', script);
    const { rsync, rsyncVersionText } = await begin();
    expect(rsync).toBe('rsync 9 ??');
    expect(rsyncVersionText).toMatch(/^rsync 9 \?\?\n {2}x\ny\n\nz{3900,4000}$/);
    expect(rsyncVersionText?.length).toBeLessThanOrEqual(4000);
  });
});
