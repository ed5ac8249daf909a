import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { killProcessGroup } from './process-group';
import { identifyProcess, isSameProcess } from './process-identity';

jest.setTimeout(30_000);

async function startGroup(script: string): Promise<number> {
  const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  return child.pid ?? 0;
}

describe('ending a process group', () => {
  it('asks first, and waits until all of it is gone', async () => {
    const pid = await startGroup('sleep 60 & sleep 60 & echo ready; wait');

    expect(await killProcessGroup(pid, { graceMs: 5_000 })).toBe('terminated');
    expect(await killProcessGroup(pid, { graceMs: 5_000 })).toBe('not-running');
  });

  it('kills what does not listen', async () => {
    const pid = await startGroup(`trap '' TERM; echo ready; while :; do sleep 0.1; done`);

    expect(await killProcessGroup(pid, { graceMs: 300 })).toBe('killed');
  });

  it('never takes 0, 1 or a negative number for a group: they would mean others', async () => {
    for (const pid of [0, 1, -5, 1.5])
      await expect(killProcessGroup(pid, { graceMs: 1 })).rejects.toThrow(RangeError);
  });
});

describe('telling processes apart', () => {
  it('knows a process again until it has ended', async () => {
    const pid = await startGroup('echo ready; sleep 60');
    const identity = await identifyProcess(pid);

    expect(identity).toMatchObject({ pid });
    expect(await isSameProcess(identity ?? { pid, startedAt: '' })).toBe(true);
    await killProcessGroup(pid, { graceMs: 5_000 });
    expect(await isSameProcess(identity ?? { pid, startedAt: '' })).toBe(false);
  });

  it('does not take another process of the same number for it', async () => {
    expect(await isSameProcess({ pid: process.pid, startedAt: 'another time' })).toBe(false);
  });
});
