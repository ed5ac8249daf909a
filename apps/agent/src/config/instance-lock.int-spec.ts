import { makeTempFolder, type TempFolder } from '@fleetclone/testing';
import { identifyProcess } from '@fleetclone/transfer';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findLockHolder, takeInstanceLock } from './instance-lock';

let temp: TempFolder;
let lockFile: string;
beforeEach(async () => {
  temp = await makeTempFolder('lock');
  lockFile = join(temp.path, 'agent.lock');
});
afterEach(() => temp.remove());

const leaveClaim = (content: string): Promise<void> => writeFile(`${lockFile}.left`, content);

it('is had by one at a time, and given back', async () => {
  const unlock = await takeInstanceLock(lockFile);
  expect(await findLockHolder(lockFile)).toMatchObject({ pid: process.pid });
  await expect(takeInstanceLock(lockFile)).rejects.toMatchObject({
    name: 'AlreadyRunningError',
    pid: process.pid,
  });

  await unlock();
  expect(await findLockHolder(lockFile)).toBeUndefined();
  expect(await readdir(temp.path)).toEqual([]);
});

it('of a process that is gone, or whose number another one has now, counts for nothing', async () => {
  const gone = spawn('/bin/true');
  await once(gone, 'exit');
  for (const claim of [
    { pid: gone.pid, startedAt: 'once' },
    { pid: process.pid, startedAt: 'another time' },
    {},
  ]) {
    await leaveClaim(JSON.stringify(claim));
    await (
      await takeInstanceLock(lockFile)
    )();
  }
  await leaveClaim('{"pid":1');
  await (
    await takeInstanceLock(lockFile)
  )();

  expect(await readdir(temp.path)).toEqual([]);
});

it('of a living process is respected', async () => {
  const other = spawn('/bin/sleep', ['60']);
  await leaveClaim(JSON.stringify(await identifyProcess(other.pid!)));

  await expect(takeInstanceLock(lockFile)).rejects.toMatchObject({ pid: other.pid });
  other.kill();
});

it('never goes to two that ask at once over what a crash left', async () => {
  for (let round = 0; round < 5; round += 1) {
    await leaveClaim(JSON.stringify({ pid: process.pid, startedAt: 'another time' }));

    const asked = await Promise.allSettled(Array.from({ length: 4 }, () => takeInstanceLock(lockFile)));

    const won = asked.filter((one) => one.status === 'fulfilled');
    expect(won.length).toBeLessThanOrEqual(1);
    for (const { value: unlock } of won) await unlock();
  }
});
