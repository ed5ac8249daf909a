import { chmod, lstat, mkdir, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GateFixture, PLAN_DOCUMENT } from '../testkit/gate-fixture';
import { shells } from '../testkit/variants';
import {
  GATE_BAD_DOCUMENT,
  GATE_DENIED,
  GATE_MAX_PLAN_BYTES,
  GATE_NO_ROOT,
  gateCommands,
} from './gate-commands';
import { parseBeginReply, parseGateReply, parseHostReply } from './gate-reply';
import { gateVersion } from './gate-script';

const isRoot = process.getuid?.() === 0;

jest.setTimeout(60_000);

describe.each(shells)('the gate under $name', (shell) => {
  let gate: GateFixture;
  let plan: string;
  beforeEach(async () => {
    gate = await GateFixture.create();
    plan = join(gate.root, 'studio-mac', "ann's home ü [*?]");
  });
  afterEach(() => gate.remove());

  const attempt = (runId = 'run-1', fence = 1) => ({ planDirectory: plan, runId, fence });
  const run = (command: string, input?: string) =>
    gate.run(command, { shell, ...(input !== undefined && { input }) });
  const begin = (runId?: string, fence?: number) => run(gateCommands.begin(attempt(runId, fence)));
  const history = async () => (await readFile(join(plan, '.fleetclone/history'), 'utf8')).trim().split('\n');

  it('tells the time', async () => {
    const { stdout, exitCode } = await run(gateCommands.probeClock());
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^\d+\n$/);
    expect(Math.abs(Number(stdout) - Date.now() / 1000)).toBeLessThan(5);
  });

  it('swallows what is sent to measure the line', async () => {
    expect(await run(gateCommands.probeSink(), 'x'.repeat(300_000))).toEqual({
      exitCode: 0,
      stdout: 'reading\nfinished\n',
      stderr: '',
    });
  });

  it('tells about its machine', async () => {
    expect(parseHostReply((await run(gateCommands.probeHost())).stdout)).toEqual({
      gateVersion,
      system: expect.stringMatching(/^\w+ \S+ \S+$/) as string,
      uid: process.getuid?.(),
      rsync: expect.stringMatching(/^rsync\s+version \d/) as string,
      rsyncVersionText: expect.stringMatching(/^rsync\s+version \d(.*\n)+ *Capabilities:/i) as string,
    });
  });

  it("begins: makes the plan's folder and state, keeps the plan document, tells what it has", async () => {
    const result = await begin();
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    const reply = parseBeginReply(result.stdout);
    expect(reply).toMatchObject({ uid: process.getuid?.(), moduleRoot: isRoot ? '' : plan });
    expect(reply.freeKib).toBeGreaterThan(0);
    expect(reply.rsync).toMatch(/^rsync/);
    const modes = [plan, join(plan, '.fleetclone')].map(async (path) => (await lstat(path)).mode & 0o777);
    await expect(Promise.all(modes)).resolves.toEqual([0o755, 0o700]);
    await expect(readFile(join(plan, '.fleetclone/plan.json'), 'utf8')).resolves.toBe(PLAN_DOCUMENT);
    await expect(readdir(join(gate.base, 'run'))).resolves.toEqual([]);
  });

  it('replaces the plan document at the next begin, and takes one of exactly the limit', async () => {
    await begin();
    const document = `{${' '.repeat(GATE_MAX_PLAN_BYTES - 2)}}`;
    expect(await run(gateCommands.begin(attempt('run-2', 2)), document)).toMatchObject({ exitCode: 0 });
    await expect(readFile(join(plan, '.fleetclone/plan.json'), 'utf8')).resolves.toBe(document);
  });

  it.each([
    ['empty', ''],
    ['too long', `{${' '.repeat(GATE_MAX_PLAN_BYTES - 1)}}`],
    ['cut off', '{"plan":"ho'],
    ['too long by a letter of two bytes', `{${'é'.repeat(GATE_MAX_PLAN_BYTES / 2 - 1)} }`],
    ['not an object', '"plan"'],
  ])('refuses a plan document that is %s, and takes no lock', async (_what, document) => {
    const result = await run(gateCommands.begin(attempt()), document);
    expect(result).toEqual({
      exitCode: GATE_BAD_DOCUMENT,
      stdout: '',
      stderr: 'fc-gate: bad plan document\n',
    });
    await expect(readdir(gate.root)).resolves.toEqual([]);
    await expect(readdir(join(gate.base, 'run'))).resolves.toEqual([]);
  });

  it('finishes, keeps history, and does it once when asked twice', async () => {
    await begin();
    const finish = gateCommands.finish({ ...attempt(), outcome: 'succeeded' });
    const first = await run(finish);
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(parseGateReply(first.stdout).get('finish')?.get('outcome')).toBe('succeeded');
    expect(await run(finish)).toEqual(first);
    expect(await run(gateCommands.finish({ ...attempt(), outcome: 'failed' }))).toEqual(first);
    const lines = await history();
    expect(lines).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ run-1 1 succeeded$/)]);
  });

  it('keeps the last thousand lines of history', async () => {
    await begin();
    await writeFile(join(plan, '.fleetclone/history'), 'old\n'.repeat(1500));
    await run(gateCommands.finish({ ...attempt(), outcome: 'failed' }));
    const lines = await history();
    expect(lines).toHaveLength(1000);
    expect(lines.at(-1)).toMatch(/ run-1 1 failed$/);
  });

  it('never writes to a volume that is not mounted', async () => {
    await rm(gate.root, { recursive: true });
    const result = await begin();
    expect(result).toEqual({ exitCode: GATE_NO_ROOT, stdout: '', stderr: 'fc-gate: no such root\n' });
    await expect(lstat(gate.root)).rejects.toThrow('ENOENT');
  });

  it('denies folders outside the allowed one, or that one itself, however they are spelt', async () => {
    await mkdir(join(gate.folder, 'volume-2'));
    await symlink(gate.folder, join(gate.root, 'out'));
    await symlink('/', join(gate.root, 'top'));
    const outside = [
      gate.root,
      `${gate.root}-2/plan`,
      `${gate.root}/out/volume-2/plan`,
      `${gate.root}/top/tmp/plan`,
    ];
    for (const planDirectory of [...outside, gate.folder, '/tmp/plan']) {
      const result = await run(gateCommands.begin({ ...attempt(), planDirectory }));
      expect(result).toEqual({ exitCode: GATE_DENIED, stdout: '', stderr: 'fc-gate: denied\n' });
    }
    await expect(readdir(join(gate.folder, 'volume-2'))).resolves.toEqual([]);
  });

  it('follows links that stay inside the allowed folder, to one and the same plan', async () => {
    await begin();
    await symlink('studio-mac', join(gate.root, 'alias'));
    const planDirectory = plan.replace('studio-mac', 'alias');
    const result = await run(gateCommands.begin({ planDirectory, runId: 'run-0', fence: 1 }));
    expect(result.stderr).toBe('fc-gate: superseded by run-1 1\n');
  });

  it('denies a plan inside another plan', async () => {
    await begin();
    const planDirectory = join(plan, 'current', 'inner');
    expect(await run(gateCommands.begin({ ...attempt(), planDirectory }))).toMatchObject({
      exitCode: GATE_DENIED,
    });
    await expect(readdir(plan)).resolves.toEqual(['.fleetclone']);
  });

  it.each(['.fleetclone', '.fleetclone/lock'])('will not work through a planted link at %s', async (name) => {
    const target = join(gate.folder, 'target');
    await mkdir(target);
    await mkdir(join(plan, name, '..'), { recursive: true });
    await symlink(target, join(plan, name));
    expect((await begin()).stderr).toBe('fc-gate: the state folder of this plan is not usable\n');
    await expect(readdir(target)).resolves.toEqual([]);
  });

  it('replaces planted links instead of writing through them', async () => {
    const target = join(gate.folder, 'target');
    await mkdir(target);
    await writeFile(join(target, 'file'), 'secret');
    await begin();
    for (const name of ['plan.json', 'history']) {
      await rm(join(plan, '.fleetclone', name), { force: true });
      await symlink(name === 'history' ? join(target, 'file') : target, join(plan, '.fleetclone', name));
    }
    expect(await begin('run-2', 2)).toMatchObject({ exitCode: 0 });
    await run(gateCommands.finish({ ...attempt('run-2', 2), outcome: 'failed' }));
    await expect(readdir(target)).resolves.toEqual(['file']);
    await expect(readFile(join(target, 'file'), 'utf8')).resolves.toBe('secret');
    await expect(history()).resolves.toEqual([expect.stringMatching(/ run-2 2 failed$/)]);
  });

  it('forgets registrations of a day ago and keeps newer ones', async () => {
    await begin();
    const yesterday = new Date(Date.now() - 49 * 3_600_000);
    for (const name of ['old.1.77.conf', 'old.1.77.filter', 'new.1.78.conf']) {
      await writeFile(join(gate.base, 'run', name), '# plan /elsewhere\n');
      if (name.startsWith('old')) await utimes(join(gate.base, 'run', name), yesterday, yesterday);
    }
    await begin('run-2', 2);
    await expect(readdir(join(gate.base, 'run'))).resolves.toEqual(['new.1.78.conf']);
  });

  it('serves nobody whose credential was removed', async () => {
    await rm(join(gate.base, 'credentials'), { recursive: true });
    expect(await run(gateCommands.probeClock())).toMatchObject({ exitCode: GATE_DENIED, stdout: '' });
  });

  it('says so when it cannot write', async () => {
    await writeFile(join(gate.root, 'studio-mac'), 'a file, not a folder');
    await chmod(gate.root, 0o500);
    expect(await begin()).toMatchObject({ exitCode: 74, stderr: 'fc-gate: cannot enter the plan folder\n' });
  });
});
