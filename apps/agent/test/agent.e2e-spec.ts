import { waitFor } from '@fleetclone/testing';
import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, link, mkdir, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildAgent, runAgent, TestFleet, type TestMac } from './fleet';

jest.setTimeout(120_000);

const megabyte = 1_000_000;
let fleet: TestFleet;
let source: TestMac;
let remote: TestMac;
let credentialId: string;
let home: string;
let disk: string;

beforeAll(async () => {
  await buildAgent();
  fleet = await TestFleet.start();
  disk = await fleet.makeFolder('disk');
  home = await fleet.makeFolder('Users', 'ann');
  source = await fleet.enrol('studio-mac', ['--allow-source', fleet.path('Users')]);
  remote = await fleet.enrol('backup-mac', [
    ...['--allow-destination', disk, '--gate-folder', fleet.path('gate')],
    ...['--authorized-keys', fleet.path('ssh', 'authorized_keys')],
  ]);
  await source.start();
  await remote.start();
  credentialId = await fleet.establishTrust(source, remote, [join(disk, 'studio-mac')]);
});
afterAll(() => fleet.stop());
afterEach(async () => {
  fleet.line.throttle(undefined);
  await fleet.line.resume();
  if (source.agent?.isRunning() !== true) await source.start();
});

type Backup = ReturnType<TestFleet['buildBackup']>;

function buildBackup(slug: string, overrides: Partial<Backup> = {}): Backup {
  return fleet.buildBackup(remote, {
    plan: { id: randomUUID(), name: slug, slug },
    sourcePaths: [home],
    credentialId,
    planFolder: join(disk, 'studio-mac', slug),
    ...overrides,
  });
}

const statesOf = ({ runId }: Backup): string[] => fleet.controller.statesOf(runId);
const endsOf = ({ runId }: Backup): string[] => fleet.controller.resultsOf(runId).map(({ state }) => state);
const untilEnded = async (order: Backup): Promise<string> => {
  await waitFor('the end of the run', () => endsOf(order).length > 0, { timeoutMs: 60_000 });
  return endsOf(order).join();
};
const copyOf = (order: Backup, path: string): string => join(order.planFolder, 'current', path);

const isCopied = async (order: Backup, path: string): Promise<boolean> =>
  (await readFile(copyOf(order, path))).equals(await readFile(path));

/** A folder with one file large enough to be caught in the middle of its transfer. */
async function plantLarge(name: string, megabytes: number): Promise<string> {
  const folder = await fleet.makeFolder('Users', name);
  await writeFile(join(folder, 'large'), randomBytes(megabytes * megabyte));
  return folder;
}

/** Has the order carried out over a slow line and returns in the middle of its transfer, with the line slower still. */
async function startSlowly(order: Backup): Promise<void> {
  fleet.line.throttle(2 * megabyte);
  await fleet.order(source, order);
  await waitFor('the transfer', () => statesOf(order).includes('transferring'));
  // What was sent before that may have been to measure the line.
  const before = fleet.line.bytesForwarded().up;
  await waitFor('a good part of the file', () => fleet.line.bytesForwarded().up - before > 1.5 * megabyte, {
    timeoutMs: 30_000,
  });
  fleet.line.throttle(megabyte / 5);
}

async function rsyncsOf(marker: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,args=']);
  return stdout.split('\n').filter((line) => line.includes('rsync') && line.includes(marker));
}

describe('a backup', () => {
  beforeAll(async () => {
    await writeFile(join(home, 'letter'), 'Dear Bob');
    await writeFile(join(home, '-rf with blank\nand newline'), 'odd');
    await chmod(join(home, 'letter'), 0o640);
    await link(join(home, 'letter'), join(home, 'same letter'));
    await symlink('letter', join(home, 'link'));
  });

  it('goes from a signed order to a published copy, and says so in order', async () => {
    const order = buildBackup('home');
    await fleet.order(source, order);

    expect(await untilEnded(order)).toBe('succeeded');
    expect(statesOf(order)).toEqual(['accepted', 'preflight', 'transferring', 'publishing', 'succeeded']);
    expect((await readdir(copyOf(order, home))).sort()).toEqual((await readdir(home)).sort());
    expect(await readFile(copyOf(order, join(home, 'letter')), 'utf8')).toBe('Dear Bob');
    expect((await stat(copyOf(order, join(home, 'letter')))).mode & 0o777).toBe(0o640);
    const [result] = fleet.controller.resultsOf(order.runId);
    expect(result).toMatchObject({ outcome: { code: 'TRANSFER.COMPLETE' }, totals: { filesTransferred: 2 } });
    expect(fleet.controller.logOf(order.runId)).toMatch(/rsync 3\.\d+\.\d+ at[\s\S]*--partial-dir/);
    const plan = JSON.parse(
      await readFile(join(order.planFolder, '.fleetclone/plan.json'), 'utf8'),
    ) as unknown;
    expect(plan).toMatchObject({
      formatVersion: 1,
      mac: { id: source.id, name: 'studio-mac' },
      sourcePaths: [home],
    });
  });

  it('runs once, however often its order is delivered', async () => {
    const order = buildBackup('twice');
    await Promise.all([fleet.order(source, order), fleet.order(source, order)]);
    await untilEnded(order);
    const last = await fleet.order(source, order);
    await waitFor('the last delivery', async () => !(await fleet.isInMailbox(source, last)));

    expect(statesOf(order).filter((state) => state === 'transferring')).toHaveLength(1);
    expect(await readFile(join(order.planFolder, '.fleetclone/history'), 'utf8')).toMatch(
      /^\S+ \S+ 1 succeeded\n$/,
    );
  });

  it('keeps what it replaces and deletes in the archive', async () => {
    const order = buildBackup('kept');
    await fleet.order(source, order);
    await untilEnded(order);
    await writeFile(join(home, 'letter'), 'Dear Bob, once more');
    const again = { ...order, runId: randomUUID(), fence: 2, archiveName: '2026-11-23T000000Z' };
    await fleet.order(source, again);

    expect(await untilEnded(again)).toBe('succeeded');
    const archived = join(order.planFolder, 'archive', again.archiveName, home, 'letter');
    expect(await readFile(archived, 'utf8')).toBe('Dear Bob');
  });

  it('is refused by this Mac when its own settings do not let the folder out', async () => {
    const order = buildBackup('not-allowed', { sourcePaths: [home, fleet.path('disk')] });
    await fleet.order(source, order);

    expect(await untilEnded(order)).toBe('failed');
    expect(statesOf(order)).toEqual(['failed']);
    expect(fleet.controller.resultsOf(order.runId)[0]?.outcome.code).toBe('ORDER.SOURCE_NOT_ALLOWED');
  });

  it('fails, naming the folder, when a source is not there', async () => {
    const order = buildBackup('missing', { sourcePaths: [fleet.path('Users/nobody')] });
    await fleet.order(source, order);

    expect(await untilEnded(order)).toBe('failed');
    expect(fleet.controller.resultsOf(order.runId)[0]?.outcome).toMatchObject({ code: 'SOURCE.MISSING' });
  });

  it('is not ready when the destination disk is not attached, and writes nothing in its place', async () => {
    await rename(join(disk, 'studio-mac'), join(disk, 'elsewhere'));
    const order = buildBackup('unmounted');
    await fleet.order(source, order);

    expect(await untilEnded(order)).toBe('not-ready');
    expect(fleet.controller.resultsOf(order.runId)[0]?.outcome.code).toBe('VOLUME.NOT_MOUNTED');
    expect(await readdir(disk)).toEqual(['elsewhere']);
    await rename(join(disk, 'elsewhere'), join(disk, 'studio-mac'));
  });

  it('never talks to a host whose key is not the pinned one', async () => {
    const order = buildBackup('impostor');
    const otherKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAMCvYkZW2aJcPGeHEGB3FMdGZcQpGNcKS0rcX1mkHHj';
    await fleet.order(source, { ...order, remote: { ...order.remote, hostKeys: [otherKey] } });

    expect(await untilEnded(order)).toBe('failed');
    expect(fleet.controller.resultsOf(order.runId)[0]?.outcome.code).toMatch(/^SSH\.HOST_KEY/);
  });
});

describe('an order', () => {
  it('that is not for this Mac is dropped and has no effect', async () => {
    const order = buildBackup('misdirected');
    const id = await fleet.order(source, order, remote);
    await waitFor('the order to be dropped', async () => !(await fleet.isInMailbox(source, id)));

    expect(source.agent?.output()).toContain('"reason":"wrong-audience"');
    expect(statesOf(order)).toEqual([]);
  });

  it('that was cancelled before it came is not carried out', async () => {
    const order = buildBackup('cancelled-early');
    await fleet.order(source, { type: 'cancel', runId: order.runId, fence: order.fence });
    expect(await untilEnded(order)).toBe('cancelled');
    const id = await fleet.order(source, order);
    await waitFor('the order to be read', async () => !(await fleet.isInMailbox(source, id)));

    expect(statesOf(order)).toEqual(['cancelled']);
    await expect(stat(order.planFolder)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('comes through after Redis was lost with all that was in it', async () => {
    await fleet.emptyRedis();
    const order = buildBackup('after-redis');
    await fleet.order(source, order);

    expect(await untilEnded(order)).toBe('succeeded');
  });
});

describe('a transfer under way', () => {
  it('goes on after the agent was killed and started again, and succeeds once', async () => {
    const folder = await plantLarge('killed', 8);
    const order = buildBackup('killed', { sourcePaths: [folder] });
    await startSlowly(order);

    await source.agent?.kill9();
    await source.start();
    fleet.line.throttle(undefined);

    expect(await untilEnded(order)).toBe('succeeded');
    // What had arrived before is not sent again.
    const [result] = fleet.controller.resultsOf(order.runId);
    expect(result?.totals?.bytesSent).toBeLessThan(7.5 * megabyte);
    expect(endsOf(order)).toEqual(['succeeded']);
    expect(statesOf(order).slice(-4)).toEqual(['preflight', 'transferring', 'publishing', 'succeeded']);
    expect(await isCopied(order, join(folder, 'large'))).toBe(true);
    expect(await readFile(join(order.planFolder, '.fleetclone/history'), 'utf8')).toMatch(
      /^\S+ \S+ 1 succeeded\n$/,
    );
  });

  it('stops cleanly when the agent is told to stop, and goes on at the next start', async () => {
    const folder = await plantLarge('stopped', 16);
    const order = buildBackup('stopped', { sourcePaths: [folder] });
    await startSlowly(order);
    await waitFor('the status to show the transfer', async () =>
      (await runAgent(['status', '--state', source.stateFolder])).output.includes('stopped: transferring'),
    );

    const startedMs = performance.now();
    process.kill(source.agent!.pid, 'SIGTERM');
    const { code } = await source.agent!.exited;

    expect(code).toBe(0);
    expect(performance.now() - startedMs).toBeLessThan(15_000);
    expect(await rsyncsOf(folder)).toEqual([]);
    expect(endsOf(order)).toEqual([]);
    const idle = await runAgent(['status', '--json', '--state', source.stateFolder]);
    expect(JSON.parse(idle.output)).toMatchObject({ process: null, activeRuns: [{ runId: order.runId }] });
    fleet.line.throttle(undefined);
    await source.start();
    expect(await untilEnded(order)).toBe('succeeded');
  });

  it('is resumed by itself when the connection is lost', async () => {
    const folder = await plantLarge('cut', 8);
    const order = buildBackup('cut', { sourcePaths: [folder] });
    await startSlowly(order);

    await fleet.line.cut();
    fleet.line.throttle(undefined);
    await fleet.line.resume();

    expect(await untilEnded(order)).toBe('succeeded');
    expect(fleet.controller.logOf(order.runId)).toContain('warn: ');
    expect(fleet.controller.logOf(order.runId)).toContain('Trying again in 5 s');
    expect(statesOf(order)).toEqual(['accepted', 'preflight', 'transferring', 'publishing', 'succeeded']);
  });

  it('ends on both Macs when it is cancelled, and gives the folder back', async () => {
    const folder = await plantLarge('cancelled', 8);
    const order = buildBackup('cancelled', { sourcePaths: [folder] });
    await startSlowly(order);

    await fleet.order(source, { type: 'cancel', runId: order.runId, fence: order.fence });

    expect(await untilEnded(order)).toBe('cancelled');
    expect(await rsyncsOf(folder)).toEqual([]);
    expect(await rsyncsOf(order.runId)).toEqual([]);
    expect(await readFile(join(order.planFolder, '.fleetclone/history'), 'utf8')).toMatch(/ 1 cancelled\n$/);
  });

  it('can also be cancelled by the answer to a report', async () => {
    const folder = await plantLarge('cancelled-by-report', 8);
    const order = buildBackup('cancelled-by-report', { sourcePaths: [folder] });
    await startSlowly(order);

    fleet.controller.cancel = [{ runId: order.runId, fence: order.fence }];

    expect(await untilEnded(order)).toBe('cancelled');
    fleet.controller.cancel = [];
  });

  it('is followed by the next run, one at a time; one that still waits can be cancelled', async () => {
    const folder = await plantLarge('first', 4);
    const first = buildBackup('first', { sourcePaths: [folder] });
    const [second, third] = [buildBackup('second'), buildBackup('third')];
    await startSlowly(first);
    await fleet.order(source, second);
    await waitFor('the second to be accepted', () => statesOf(second).length > 0);
    await fleet.order(source, third);
    await fleet.order(source, { type: 'cancel', runId: second.runId, fence: second.fence });

    expect(await untilEnded(second)).toBe('cancelled');
    expect(endsOf(first)).toEqual([]);
    expect(statesOf(third)).toEqual(['accepted']);
    fleet.line.throttle(undefined);
    expect(await untilEnded(first)).toBe('succeeded');
    expect(await untilEnded(third)).toBe('succeeded');
    expect(statesOf(second)).toEqual(['accepted', 'cancelled']);
  });

  it('gives way to a newer attempt at the same run', async () => {
    const folder = await plantLarge('overtaken', 8);
    const order = buildBackup('overtaken', { sourcePaths: [folder] });
    await startSlowly(order);

    fleet.line.throttle(undefined);
    await fleet.order(source, { ...order, fence: 2 });
    await waitFor('both ends', () => endsOf(order).length === 2, { timeoutMs: 60_000 });
    const late = await fleet.order(source, order);
    await waitFor('the late order', async () => !(await fleet.isInMailbox(source, late)));

    expect(fleet.controller.resultsOf(order.runId).map(({ fence, state }) => [fence, state])).toEqual([
      [1, 'failed'],
      [2, 'succeeded'],
    ]);
  });

  it('goes on while the controller is away, whose reports come later', async () => {
    const folder = await plantLarge('alone', 4);
    const order = buildBackup('alone', { sourcePaths: [folder] });
    await startSlowly(order);
    fleet.controller.trouble = 'unavailable';
    fleet.line.throttle(undefined);
    const history = join(order.planFolder, '.fleetclone/history');
    await waitFor('the copy to be published', async () =>
      (await readFile(history, 'utf8')).includes('succeeded'),
    );
    fleet.controller.trouble = undefined;

    expect(await untilEnded(order)).toBe('succeeded');
  });
});

describe('secrets', () => {
  it('are in no argument list and in no log', async () => {
    const folder = await plantLarge('secret', 4);
    const order = buildBackup('secret', { sourcePaths: [folder] });
    await startSlowly(order);
    const { stdout: processes } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'args=']);
    fleet.line.throttle(undefined);
    await untilEnded(order);

    const privateKey = await readFile(join(source.stateFolder, 'keys', credentialId), 'utf8');
    const body = privateKey.split('\n')[2]!;
    const seen =
      processes + source.agent!.output() + remote.agent!.output() + fleet.controller.logOf(order.runId);
    for (const secret of [body, source.secrets.agentToken, source.secrets.queuePassword, 'enrol-token']) {
      expect(seen).not.toContain(secret);
    }
  });

  it('are for their owner alone on the disk', async () => {
    const modes = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

    expect(await modes(source.stateFolder)).toBe('700');
    expect(await modes(join(source.stateFolder, 'identity.json'))).toBe('600');
    expect(await modes(join(source.stateFolder, 'keys', credentialId))).toBe('600');
  });

  it("and the agent's whole state stay out of a copy of the folder around it", async () => {
    const around = await fleet.makeFolder('Users', 'around');
    const other = await fleet.enrol('inside', ['--allow-source', around]);
    await mkdir(join(around, 'kept'));
    await rename(other.stateFolder, join(around, 'state'));
    const moved = Object.assign(other, { stateFolder: join(around, 'state') });
    await moved.start();
    const credential = await fleet.establishTrust(moved, remote, [join(disk, 'inside')]);
    const planFolder = join(disk, 'inside', 'around');
    const order = buildBackup('around', { sourcePaths: [around], credentialId: credential, planFolder });
    await fleet.order(moved, order);

    expect(await untilEnded(order)).toBe('succeeded');
    expect(await readdir(copyOf(order, around))).toEqual(['kept']);
  });
});

describe('letting credentials in', () => {
  const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAMCvYkZW2aJcPGeHEGB3FMdGZcQpGNcKS0rcX1mkHHj';

  it('is refused for folders that this Mac does not let in', async () => {
    const id = randomUUID();
    const roots = [fleet.path('Users', 'studio-mac')];
    await fleet.order(remote, { type: 'authorise-credential', credentialId: id, publicKey, roots });

    const report = await waitFor('the answer', () => fleet.controller.authorised.get(id));

    expect(report).toMatchObject({
      result: 'refused',
      reason: expect.stringContaining('takes backups') as string,
    });
    expect(await readFile(fleet.path('ssh', 'authorized_keys'), 'utf8')).not.toContain(id);
  });

  it('twice is the same as once', async () => {
    const before = await readFile(fleet.path('ssh', 'authorized_keys'), 'utf8');
    const made = fleet.controller.created.get(credentialId)!.publicKey;
    fleet.controller.created.clear();
    fleet.controller.authorised.clear();
    await fleet.order(source, { type: 'create-credential', credentialId });
    const again = await waitFor('the key', () => fleet.controller.created.get(credentialId));
    const roots = [join(disk, 'studio-mac')];
    await fleet.order(remote, { type: 'authorise-credential', credentialId, publicKey: made, roots });
    const report = await waitFor('the answer', () => fleet.controller.authorised.get(credentialId));

    expect(again.publicKey).toBe(made);
    expect(report).toEqual({ result: 'authorised', publicKey: made });
    expect(await readFile(fleet.path('ssh', 'authorized_keys'), 'utf8')).toBe(before);
  });
});

describe('an agent', () => {
  it('runs once for each state folder', async () => {
    const { exitCode, output } = await runAgent(['run', '--state', source.stateFolder]);

    expect(exitCode).toBe(1);
    expect(output).toBe(
      `fleetclone-agent: an agent is running with this state folder already (process ${source.agent!.pid})\n`,
    );
  });

  it('stops soon and cleanly, even while Redis and the controller are away', async () => {
    await fleet.redis.kill();
    fleet.controller.trouble = 'unavailable';
    const startedMs = performance.now();
    process.kill(source.agent!.pid, 'SIGTERM');
    const { code } = await source.agent!.exited;
    const stoppedAfterMs = performance.now() - startedMs;
    fleet.controller.trouble = undefined;
    await fleet.restartRedis();

    expect(code).toBe(0);
    expect(stoppedAfterMs).toBeLessThan(15_000);
  });

  it('does not enrol over an identity unless told to', async () => {
    const idle = await fleet.enrol('idle');
    const args = [
      'enroll',
      '--controller',
      fleet.controller.url,
      '--state',
      idle.stateFolder,
      '--token',
      'x',
    ];

    expect(await runAgent(args)).toMatchObject({
      exitCode: 1,
      output: expect.stringContaining('--replace') as string,
    });
    expect(await runAgent([...args, '--replace'])).toMatchObject({ exitCode: 0 });
    const [first, second] = fleet.controller.enrolments.slice(-2);
    expect(second?.instanceId).toBe(first?.instanceId);
  });

  it('stops its work and ends with 1 when the controller revokes it', async () => {
    const revoked = await fleet.enrol('revoked');
    const agent = await revoked.start();
    fleet.controller.revokedTokens.add(revoked.secrets.agentToken);
    const { code } = await agent.exited;

    expect(code).toBe(1);
    expect(agent.output()).not.toContain(revoked.secrets.queuePassword);
    expect(agent.output()).toContain('the controller has revoked this agent');
  });

  it('tells wrong use in one line and ends with 2', async () => {
    expect(await runAgent(['enroll', '--controller', 'ftp://x', '--token', 'x'])).toMatchObject({
      exitCode: 2,
    });
    expect(await runAgent(['dance'])).toEqual({
      exitCode: 2,
      output: 'fleetclone-agent: there is no command "dance"; see fleetclone-agent --help\n',
    });
  });
});
