import { makeTempFolder, type TempFolder } from '@fleetclone/testing';
import { randomUUID } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildBackupOrder } from '../testkit/build-order';
import { outcome } from '../supervisor/outcomes';
import { type AttemptKey, numberBlock } from './attempt-journal';
import { Journal } from './journal';

let temp: TempFolder;
let problems: string[];
let now: Date;

beforeEach(async () => {
  temp = await makeTempFolder('journal');
  problems = [];
  now = new Date('2026-11-22T10:00:00Z');
});
afterEach(() => temp.remove());

const open = (): Promise<Journal> =>
  Journal.open(join(temp.path, 'runs'), { now: () => now, onProblem: (problem) => problems.push(problem) });
const expiresAt = '2026-12-01T00:00:00.000Z';
const accepted = { type: 'state', state: 'accepted' } as const;
const transferring = { type: 'state', state: 'transferring' } as const;
const failed = {
  type: 'result',
  state: 'failed',
  outcome: outcome({ code: 'TEST.FAILED', layer: null, side: null, message: 'for a test' }),
  totals: null,
} as const;
const progress = {
  phase: 'transferring',
  bytesDone: 1,
  bytesTotal: null,
  filesDone: 1,
  filesTotal: null,
  bytesPerSecond: 0,
  etaSeconds: null,
  currentFile: null,
} as const;

function newKey(): AttemptKey {
  return { runId: randomUUID(), fence: 1 };
}

async function accept(journal: Journal, key: AttemptKey) {
  return journal.create(key, { expiresAt, order: buildBackupOrder(key) }, accepted);
}

it('finds an accepted order, its reports and what was acknowledged again after a restart', async () => {
  const key = newKey();
  const attempt = await accept(await open(), key);
  await attempt.append(transferring);
  await attempt.acknowledge(1);

  const again = (await open()).find(key)!;

  expect(again.record.order).toEqual(buildBackupOrder(key));
  expect(again.pending.map(({ seq, type }) => ({ seq, type }))).toEqual([{ seq: 2, type: 'state' }]);
  expect(again.state).toBe('transferring');
  expect(again.result).toBeUndefined();
});

it('leaves a torn last line out and writes the next report on a line of its own', async () => {
  const key = newKey();
  const attempt = await accept(await open(), key);
  await appendFile(join(attempt.folder, 'reports.ndjson'), '{"runId":"torn');

  const reopened = (await open()).find(key)!;
  await reopened.append(failed);
  const again = (await open()).find(key)!;

  expect(again.pending.map(({ type }) => type)).toEqual(['state', 'result']);
  expect(again.result).toMatchObject({ state: 'failed' });
});

it('never gives a number twice, however much unwritten progress was numbered before a crash', async () => {
  const key = newKey();
  const attempt = await accept(await open(), key);
  const used = new Set([1]);
  for (let count = 0; count < 3 * numberBlock; count += 1)
    used.add((await attempt.numberProgress(progress))!.seq);

  const reopened = (await open()).find(key)!;
  await reopened.append(transferring);

  expect(used.size).toBe(3 * numberBlock + 1);
  expect(reopened.pending.at(-1)!.seq).toBeGreaterThan(Math.max(...used));
});

it('takes no report after the result', async () => {
  const attempt = await accept(await open(), newKey());
  await attempt.append(failed);
  await attempt.append(transferring);

  expect(attempt.pending.map(({ type }) => type)).toEqual(['state', 'result']);
  expect(await attempt.numberProgress(progress)).toBeUndefined();
});

it('is settled only when the end is acknowledged, and sends states and the end again when asked', async () => {
  const attempt = await accept(await open(), newKey());
  await attempt.append({ type: 'log', lines: [{ at: now.toISOString(), level: 'info', text: 'hello' }] });
  await attempt.append(failed);
  expect(attempt.isSettled).toBe(false);
  await attempt.acknowledge(3);
  expect(attempt.isSettled).toBe(true);

  await attempt.resend();

  expect(attempt.pending.map(({ seq, type }) => [seq, type])).toEqual([
    [1, 'state'],
    [3, 'result'],
  ]);
  await attempt.acknowledge(3);
  expect(attempt.isSettled).toBe(true);
});

it('goes on in memory when the disk refuses a line, and says so', async () => {
  const attempt = await accept(await open(), newKey());
  await writeFile(join(temp.path, 'not-a-folder'), '');
  Object.defineProperty(attempt, 'folder', { value: join(temp.path, 'not-a-folder') });

  await attempt.append(failed);

  expect(attempt.result).toBeDefined();
  expect(attempt.pending).toHaveLength(2);
  expect(problems).toEqual(['a report could not be written to the journal']);
});

it('clears away half-made folders and sets damaged ones aside', async () => {
  const key = newKey();
  const runs = join(temp.path, 'runs');
  await mkdir(join(runs, '.new-half'), { recursive: true });
  await mkdir(join(runs, `${key.runId}.1`));
  await writeFile(join(runs, `${key.runId}.1`, 'order.json'), '{"torn');

  const journal = await open();

  expect(journal.list()).toEqual([]);
  expect(problems).toEqual(['a damaged journal folder was set aside']);
  expect((await readdir(runs)).filter((name) => name.startsWith('.new-'))).toEqual([]);
  await accept(journal, key);
  expect((await open()).list()).toHaveLength(1);
});

it('forgets settled attempts after a week, but not their fences until the order has expired', async () => {
  const key = { runId: randomUUID(), fence: 4 };
  const unsettled = newKey();
  const journal = await open();
  const attempt = await accept(journal, key);
  await attempt.append(failed);
  await attempt.acknowledge(2);
  await (await accept(journal, unsettled)).append(failed);
  now = new Date('2026-11-30T10:00:00Z');

  await journal.prune();

  expect(journal.list().map((one) => one.key)).toEqual([unsettled]);
  expect(journal.newestFence(key.runId)).toBe(4);
  expect((await open()).newestFence(key.runId)).toBe(4);
  expect(await readFile(join(temp.path, 'runs', 'settled.json'), 'utf8')).toContain(key.runId);
});
