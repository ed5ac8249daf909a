import { chmod, lstat, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GateFixture, PLAN_DOCUMENT } from '../testkit/gate-fixture';
import { canMountDisks, fillDisk, mountDisk, unmountDisk, useUpNames } from '../testkit/small-disk';
import { shells } from '../testkit/variants';
import { GATE_FAILED, gateCommands, type GateOutcome } from './gate-commands';

const RESERVE_BYTES = 256 * 1024;

jest.setTimeout(60_000);

const refused = (reason: string) => ({ exitCode: GATE_FAILED, stdout: '', stderr: `fc-gate: ${reason}\n` });

describe.each(shells)('the reserve of a plan under $name', (shell) => {
  let gate: GateFixture;
  let state: string;
  beforeEach(async () => {
    gate = await GateFixture.create();
    state = join(gate.root, 'plan', '.fleetclone');
  });
  afterEach(() => gate.remove());

  const attempt = (fence: number) => ({
    planDirectory: join(gate.root, 'plan'),
    runId: `run-${fence}`,
    fence,
  });
  const begin = (fence: number, input = PLAN_DOCUMENT) =>
    gate.run(gateCommands.begin(attempt(fence)), { shell, input });
  const reserve = () => lstat(join(state, 'reserve'));

  it('is made of real blocks at the first begin, for nobody else to read, and stays', async () => {
    await begin(1);
    const made = await reserve();
    expect(made.isFile()).toBe(true);
    expect(made.size).toBe(RESERVE_BYTES);
    expect(made.blocks * 512).toBeGreaterThanOrEqual(RESERVE_BYTES);
    expect(made.mode & 0o777).toBe(0o600);
    const bytes = await readFile(join(state, 'reserve'));
    expect(new Set(bytes).size).toBe(256); // it would not compress

    await begin(2);
    expect((await reserve()).ino).toBe(made.ino);
    expect((await readdir(state)).sort()).toEqual(['lock', 'plan.json', 'reserve']);
  });

  it('is made anew when it was cut short or replaced by a link, which is not followed', async () => {
    await begin(1);
    await writeFile(join(state, 'reserve'), 'short');
    await begin(2);
    expect((await reserve()).size).toBe(RESERVE_BYTES);
    await mkdir(join(gate.folder, 'target'));
    await rm(join(state, 'reserve'));
    await symlink(join(gate.folder, 'target'), join(state, 'reserve'));
    await begin(3);
    expect((await reserve()).size).toBe(RESERVE_BYTES);
    await expect(readdir(join(gate.folder, 'target'))).resolves.toEqual([]);
  });

  it('keeps a plan document byte for byte', async () => {
    const bytes = [...Array(127).keys()].map((code) => String.fromCharCode(code + 1)).join('');
    const documents = [`{${bytes} ü 🦊 \\n %s \\\\ }`, `{ "a": 1 }\n`, `{${'é'.repeat(30_000)}}`];
    for (const [index, document] of documents.entries()) {
      expect(await begin(index + 1, document)).toMatchObject({ exitCode: 0, stderr: '' });
      await expect(readFile(join(state, 'plan.json'), 'utf8')).resolves.toBe(document);
    }
  });

  it.each([
    ['cat: write error: Disk quota exceeded', 'quota used up at the destination'],
    ['cat: stdout: Disc quota exceeded', 'quota used up at the destination'],
    ['cat: stdout: No space left on device', 'no space left at the destination'],
    ['cat: stdout: Read-only file system', 'disk is read-only at the destination'],
    ['cat: stdout: Input/output error', 'cannot write the state of this plan'],
  ])('is no help where a tool says "%s", and nothing half-written stays', async (words, reason) => {
    const cat = join(gate.base, 'bin', 'cat');
    await writeFile(cat, `#!/bin/sh\nprintf half\necho '${words}' >&2\nexit 1\n`);
    await chmod(cat, 0o755);
    expect(await begin(1)).toEqual(refused(reason));
    await expect(readdir(join(state, 'lock'))).resolves.toEqual([]);
    await rm(cat);
    expect(await begin(1)).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

if (canMountDisks) {
  describe.each(shells)('a plan on a disk that is full under $name', (shell) => {
    let gate: GateFixture;
    let plan: string;
    let mounted: string[];
    beforeEach(async () => {
      gate = await GateFixture.create();
      plan = join(gate.root, 'plan');
      mounted = [];
    });
    afterEach(async () => {
      for (const folder of mounted) await unmountDisk(folder);
      await gate.remove();
    });

    const mount = async (folder: string, options: string) => {
      await mountDisk(folder, options);
      mounted.push(folder);
    };
    const attempt = (fence: number, planDirectory = plan) => ({
      planDirectory,
      runId: `run-${fence}`,
      fence,
    });
    const begin = (fence: number, planDirectory?: string) =>
      gate.run(gateCommands.begin(attempt(fence, planDirectory)), { shell });
    const finish = (fence: number, outcome: GateOutcome = 'failed') =>
      gate.run(gateCommands.finish({ ...attempt(fence), outcome }), { shell });
    const transfer = (fence: number) =>
      gate.run(`${gateCommands.rsyncPath(attempt(fence))} --server --daemon .`, { shell, input: '' });
    const state = async () => (await readdir(join(plan, '.fleetclone'))).sort();
    const lock = () => readdir(join(plan, '.fleetclone/lock'));
    const full = refused('no space left at the destination');

    it('can be begun once more at the price of the reserve, and begun for ever after space was freed', async () => {
      await mount(gate.root, 'size=2m');
      await begin(1);
      await fillDisk(join(gate.root, 'stuff'));

      expect(await begin(2)).toMatchObject({ exitCode: 0, stderr: '' });
      await expect(state()).resolves.toEqual(['lock', 'plan.json']);
      await expect(readFile(join(plan, '.fleetclone/lock/claim.2'), 'utf8')).resolves.toBe('run-2 2\n');
      await expect(readFile(join(plan, '.fleetclone/plan.json'), 'utf8')).resolves.toBe(PLAN_DOCUMENT);

      await rm(join(gate.root, 'stuff'));
      expect(await begin(3)).toMatchObject({ exitCode: 0, stderr: '' });
      await expect(state()).resolves.toEqual(['lock', 'plan.json', 'reserve']);
    });

    it('says so as often as it is asked when even the reserve is used up, keeps its owner, and recovers', async () => {
      await mount(gate.root, 'size=2m');
      await begin(1);
      await fillDisk(join(gate.root, 'stuff'));
      await begin(2);
      await fillDisk(join(gate.root, 'more stuff'));

      for (const fence of [3, 3, 4]) expect(await begin(fence)).toEqual(full);
      expect(await finish(2)).toEqual(full);
      await expect(lock()).resolves.toEqual(['claim.2']);
      await expect(state()).resolves.toEqual(['lock', 'plan.json']);

      await rm(join(gate.root, 'stuff'));
      expect(await begin(3)).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await finish(3, 'succeeded')).toMatchObject({ exitCode: 0, stderr: '' });
      await expect(lock()).resolves.toEqual(['claim.3']);
      await expect(state()).resolves.toEqual(['history', 'lock', 'marker', 'plan.json', 'reserve']);
    });

    it('is finished at the price of the reserve too', async () => {
      await mount(gate.root, 'size=2m');
      await begin(1);
      await fillDisk(join(gate.root, 'stuff'));
      expect(await finish(1)).toMatchObject({ exitCode: 0, stderr: '' });
      await expect(readFile(join(plan, '.fleetclone/lock/claim.1'), 'utf8')).resolves.toBe(
        'run-1 1 failed\n',
      );
      await expect(state()).resolves.toEqual(['history', 'lock', 'plan.json']);
    });

    it('is told apart when it is a new one', async () => {
      await mount(gate.root, 'size=2m');
      await fillDisk(join(gate.root, 'stuff'));
      expect(await begin(1)).toEqual(full);
      await expect(lock()).resolves.toEqual([]);
      await rm(join(gate.root, 'stuff'));
      expect(await begin(1)).toMatchObject({ exitCode: 0, stderr: '' });
    });

    it('goes on where room is left but no more names, and starts nothing new there', async () => {
      await mount(gate.root, 'size=4m,nr_inodes=40');
      await begin(1);
      await useUpNames(join(gate.root, 'name '));
      // The reserve's name is enough for the next claim, and the older claim's for everything after it.
      for (const fence of [2, 3]) expect(await begin(fence)).toMatchObject({ exitCode: 0, stderr: '' });
      await expect(lock()).resolves.toEqual(['claim.3']);
      const other = join(gate.root, 'other plan');
      const steps = ['folder', 'state folder', 'lock folder', 'claim', 'plan document'];
      for (const [index, missing] of steps.entries()) {
        expect({ missing, ...(await begin(1, other)) }).toEqual({ missing, ...full });
        await rm(join(gate.root, `name ${index + 1}`));
      }
      expect(await begin(1, other)).toMatchObject({ exitCode: 0, stderr: '' });
    });

    it('has no reserve while there is hardly room for one', async () => {
      await mount(gate.root, 'size=900k');
      expect(await begin(1)).toMatchObject({ exitCode: 0, stderr: '' });
      await expect(state()).resolves.toEqual(['lock', 'plan.json']);
    });

    it("takes no transfer while the gate's own disk is full, and leaves nothing half-written there", async () => {
      const registrations = join(gate.base, 'run');
      await mkdir(registrations);
      await mount(registrations, 'size=64k');
      await fillDisk(join(registrations, 'stuff'));
      expect(await begin(1)).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await transfer(1)).toEqual(refused('no space left for the gate itself'));
      await expect(readdir(registrations)).resolves.toEqual(['stuff']);
      await rm(join(registrations, 'stuff'));
      expect((await transfer(1)).stdout).toMatch(/^@RSYNCD: /);
    });

    it('takes a transfer at the price of the reserve when the gate lies on the same disk', async () => {
      await mount(gate.root, 'size=2m');
      const registrations = join(gate.root, 'run');
      await mkdir(registrations);
      await symlink(registrations, join(gate.base, 'run'));
      await begin(1);
      await fillDisk(join(gate.root, 'stuff'));
      expect((await transfer(1)).stdout).toMatch(/^@RSYNCD: /);
      await expect(state()).resolves.toEqual(['lock', 'plan.json']);
    });
  });
} else {
  process.stdout.write('not tested here: full disks (only root on Linux can mount one for a test)\n');
}
