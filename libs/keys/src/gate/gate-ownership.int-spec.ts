import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '@fleetclone/testing';
import { GateFixture } from '../testkit/gate-fixture';
import { shells } from '../testkit/variants';
import { GATE_SUPERSEDED, gateCommands } from './gate-commands';

jest.setTimeout(60_000);

describe.each(shells)('ownership of a plan under $name', (shell) => {
  let gate: GateFixture;
  let plan: string;
  const started: ChildProcess[] = [];
  beforeEach(async () => {
    gate = await GateFixture.create();
    plan = join(gate.root, 'plan');
  });
  afterEach(async () => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    await gate.remove();
  });

  const attempt = (runId: string, fence: number, planDirectory = plan) => ({ planDirectory, runId, fence });
  const run = (command: string) => gate.run(command, { shell });
  const begin = (runId: string, fence: number, folder?: string) =>
    run(gateCommands.begin(attempt(runId, fence, folder)));
  const finish = (runId: string, fence: number) =>
    run(gateCommands.finish({ ...attempt(runId, fence), outcome: 'failed' }));
  const transferCommand = (runId: string, fence: number, folder?: string) =>
    `${gateCommands.rsyncPath(attempt(runId, fence, folder))} --server --daemon .`;
  const supersededBy = (owner: string) => ({
    exitCode: GATE_SUPERSEDED,
    stdout: '',
    stderr: `fc-gate: superseded by ${owner}\n`,
  });
  /** A data connection on which the client stays silent; resolves when rsync itself has greeted. */
  const transfer = async (runId: string, fence: number, folder?: string) => {
    const child = gate.start(transferCommand(runId, fence, folder), shell);
    started.push(child);
    child.stderr?.resume();
    const [greeting] = (await once(child.stdout!, 'data')) as [Buffer];
    expect(greeting.toString()).toMatch(/^@RSYNCD: /);
    return child;
  };
  const registrations = () => readdir(join(gate.base, 'run'));

  it('is kept by the same run and fence, asked again', async () => {
    await begin('run-1', 5);
    expect(await begin('run-1', 5)).toMatchObject({ exitCode: 0 });
  });

  it('is refused to a smaller fence and to another run with the same one', async () => {
    await begin('run-1', 5);
    expect(await begin('run-0', 4)).toEqual(supersededBy('run-1 5'));
    expect(await begin('run-2', 5)).toEqual(supersededBy('run-1 5'));
    expect(await finish('run-0', 4)).toEqual(supersededBy('run-1 5'));
  });

  it('goes to a greater fence, compared as numbers', async () => {
    await begin('run-9', 9);
    expect(await begin('run-10', 10)).toMatchObject({ exitCode: 0 });
    expect(await begin('run-9', 9)).toEqual(supersededBy('run-10 10'));
    expect(await finish('run-9', 9)).toEqual(supersededBy('run-10 10'));
    await expect(readdir(join(plan, '.fleetclone/lock'))).resolves.toEqual(['claim.10']);
  });

  it('leaves its fence behind: a late loser can never begin again', async () => {
    await begin('run-1', 1);
    await begin('run-2', 2);
    await finish('run-2', 2);
    expect(await begin('run-1', 1)).toEqual(supersededBy('run-2 2'));
    expect(await run(transferCommand('run-1', 1))).toEqual(supersededBy('run-2 2'));
    expect(await begin('run-3', 3)).toMatchObject({ exitCode: 0 });
  });

  it('ends with the finish, for its own transfers too', async () => {
    await begin('run-1', 1);
    await finish('run-1', 1);
    expect(await run(transferCommand('run-1', 1))).toEqual(supersededBy('run-1 1 (failed)'));
    expect(await begin('run-1', 1)).toMatchObject({ exitCode: 0 });
    await transfer('run-1', 1);
  });

  it('is needed for a transfer and a finish', async () => {
    const notBegun = { exitCode: GATE_SUPERSEDED, stdout: '', stderr: 'fc-gate: not begun\n' };
    await begin('run-1', 1);
    await rm(join(plan, '.fleetclone'), { recursive: true });
    expect(await run(transferCommand('run-1', 1))).toEqual(notBegun);
    expect(await finish('run-1', 1)).toEqual(notBegun);
    await expect(readdir(plan)).resolves.toEqual([]);
  });

  it('survives the gate being killed between opening a claim and writing it', async () => {
    await begin('run-1', 1);
    await writeFile(join(plan, '.fleetclone/lock/claim.2'), '');
    expect(await begin('run-1', 1)).toEqual(supersededBy('unknown 2'));
    expect(await begin('run-2', 2)).toMatchObject({ exitCode: 0 });
    await expect(readFile(join(plan, '.fleetclone/lock/claim.2'), 'utf8')).resolves.toBe('run-2 2\n');
  });

  it('goes to exactly the greatest of many fences that race', async () => {
    for (let round = 0; round < 3; round += 1) {
      const fences = [1, 2, 3, 4, 5, 6].map((step) => round * 10 + step);
      const shuffled = fences.map((fence) => fences[(fence * 5) % 6] ?? fence);
      const results = await Promise.all(shuffled.map((fence) => begin(`run-${fence}`, fence)));
      const winner = Math.max(...fences);
      results.forEach(({ exitCode }, index) => {
        if (shuffled[index] === winner) expect(exitCode).toBe(0);
        else expect([0, GATE_SUPERSEDED]).toContain(exitCode);
      });
      for (const fence of fences.slice(0, -1)) {
        expect(await run(transferCommand(`run-${fence}`, fence))).toEqual(
          supersededBy(`run-${winner} ${winner}`),
        );
      }
      await expect(readdir(join(plan, '.fleetclone/lock'))).resolves.toContain(`claim.${winner}`);
    }
  });

  it('goes to exactly one of many runs that race with the same fence', async () => {
    for (let fence = 1; fence <= 3; fence += 1) {
      const runs = ['a', 'b', 'c', 'd', 'e', 'f'];
      const results = await Promise.all(runs.map((runId) => begin(runId, fence)));
      expect(results.map(({ exitCode }) => exitCode).sort()).toEqual([0, 76, 76, 76, 76, 76]);
    }
  });

  it('ends a live transfer when it is taken over, and one of its own run when begun again', async () => {
    await begin('run-1', 1);
    const first = await transfer('run-1', 1);
    const firstEnd = once(first, 'exit');
    expect(await begin('run-2', 2)).toMatchObject({ exitCode: 0 });
    await expect(firstEnd).resolves.toEqual([20, null]); // rsync's own code for being told to stop
    const second = await transfer('run-2', 2);
    expect(await begin('run-2', 2)).toMatchObject({ exitCode: 0 });
    await waitFor('the older connection to end', () => second.exitCode);
    await expect(registrations()).resolves.toEqual([]);
  });

  it('leaves no older transfer alive, however close it starts to the takeover', async () => {
    await begin('run-1', 1);
    for (let fence = 2; fence <= 6; fence += 1) {
      const older = [0, 1, 2].map(() => gate.start(transferCommand(`run-${fence - 1}`, fence - 1), shell));
      started.push(...older);
      for (const child of older) [child.stdout, child.stderr].forEach((pipe) => pipe?.resume());
      expect(await begin(`run-${fence}`, fence)).toMatchObject({ exitCode: 0 });
      await waitFor('the older transfers to end', () => older.every((child) => child.exitCode !== null));
    }
  });

  it('ends live transfers at a finish', async () => {
    await begin('run-1', 1);
    const child = await transfer('run-1', 1);
    expect(await finish('run-1', 1)).toMatchObject({ exitCode: 0 });
    await waitFor('the transfer to end', () => child.exitCode);
    await expect(registrations()).resolves.toEqual([]);
  });

  it("leaves another plan's transfers alone", async () => {
    const other = join(gate.root, 'plan-2');
    await begin('run-1', 1);
    await begin('run-1', 1, other);
    const child = await transfer('run-1', 1, other);
    await begin('run-2', 2);
    expect(child.exitCode).toBeNull();
    expect(await registrations()).toHaveLength(2);
  });

  it('kills a transfer that does not listen, and one left over by a gate that was killed meanwhile', async () => {
    // Stands for an rsync that is stuck: it prints the greeting and ignores the polite signal.
    const stuck = join(gate.base, 'bin', 'rsync');
    const script =
      'case $1 in --version) echo rsync; exit;; esac; trap "" TERM; echo "@RSYNCD: 32"; while :; do sleep 0.1; done';
    await writeFile(stuck, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    await begin('run-1', 1);
    const child = await transfer('run-1', 1);
    const takeover = gate.start(gateCommands.begin(attempt('run-2', 2)), shell);
    takeover.stdin?.end('{}');
    await waitFor('the takeover to have noticed the transfer', async () =>
      (await registrations()).some((name) => name.endsWith('.stopped')),
    );
    takeover.kill('SIGKILL');
    await once(takeover, 'exit');
    expect(child.exitCode).toBeNull();

    expect(await begin('run-3', 3)).toMatchObject({ exitCode: 0 });

    await waitFor('the transfer to be gone', () => child.signalCode);
    expect(child.signalCode).toBe('SIGKILL');
    await expect(registrations()).resolves.toEqual(
      expect.not.arrayContaining([expect.stringMatching(/stopped|conf/)]),
    );
  });
});
