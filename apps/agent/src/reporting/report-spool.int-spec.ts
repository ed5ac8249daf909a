import type { RunProgress } from '@fleetclone/contracts';
import { makeTempFolder, type TempFolder, waitFor } from '@fleetclone/testing';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { buildBackupOrder } from '../testkit/build-order';
import { FakeController } from '../testkit/fake-controller';
import { ControllerClient } from '../http/controller-client';
import type { AttemptJournal, AttemptKey } from '../journal/attempt-journal';
import { Journal } from '../journal/journal';
import { createLogger } from '../logging/logger';
import { outcome } from '../supervisor/outcomes';
import { ReportSpool } from './report-spool';

let temp: TempFolder;
let controller: FakeController;
let spools: ReportSpool[];

beforeEach(async () => {
  temp = await makeTempFolder('spool');
  controller = await FakeController.start();
  spools = [];
});
afterEach(async () => {
  await Promise.all(spools.map((spool) => spool.stop(0)));
  await controller.stop();
  await temp.remove();
});

interface Setup {
  readonly journal: Journal;
  readonly spool: ReportSpool;
  readonly cancelled: AttemptKey[];
  readonly revoked: jest.Mock;
}

async function setUp(progressIntervalMs = 10): Promise<Setup> {
  const journal = await Journal.open(join(temp.path, 'runs'), {
    now: () => new Date(),
    onProblem: jest.fn(),
  });
  const cancelled: AttemptKey[] = [];
  const revoked = jest.fn();
  const spool = new ReportSpool({
    client: new ControllerClient({ controllerUrl: controller.url, agentToken: 'token' }),
    journal,
    log: createLogger('silent'),
    onCancel: (keys) => cancelled.push(...keys),
    onRevoked: revoked,
    progressIntervalMs,
    backOffCapMs: 30,
  });
  spools.push(spool);
  return { journal, spool, cancelled, revoked };
}

const accept = (journal: Journal, runId: string = randomUUID()): Promise<AttemptJournal> =>
  journal.create(
    { runId, fence: 1 },
    { expiresAt: '2026-12-01T00:00:00.000Z', order: buildBackupOrder({ runId }) },
    { type: 'state', state: 'accepted' },
  );
const line = (text: string) => ({ at: new Date().toISOString(), level: 'info' as const, text });
const failed = {
  type: 'result',
  state: 'failed',
  outcome: outcome({ code: 'TEST.FAILED', layer: null, side: null, message: 'for a test' }),
  totals: null,
} as const;
const lookAt = (bytesDone: number): RunProgress => ({
  phase: 'transferring',
  bytesDone,
  bytesTotal: null,
  filesDone: 0,
  filesTotal: null,
  bytesPerSecond: 0,
  etaSeconds: null,
  currentFile: null,
});

it('sends what is in the journal, in order, until it is acknowledged', async () => {
  const { journal, spool } = await setUp();
  const attempt = await accept(journal);
  spool.start();
  await attempt.append({ type: 'log', lines: [line('one')] });
  await attempt.append(failed);
  spool.nudge();

  await waitFor('the end to be acknowledged', () => attempt.isSettled);

  expect(controller.applied.map(({ seq, type }) => [seq, type])).toEqual([
    [1, 'state'],
    [2, 'log'],
    [3, 'result'],
  ]);
  expect(spool.unsentCount).toBe(0);
});

it('sends again what was taken but not acknowledged before a crash, and the controller applies it once', async () => {
  const { journal, spool } = await setUp();
  const attempt = await accept(journal);
  await attempt.append(failed);
  controller.trouble = 'answer-lost';
  spool.start();
  await waitFor('a batch to be taken', () => controller.batches.length > 0);
  await spool.stop(0);
  controller.trouble = undefined;

  const again = await setUp();
  again.spool.start();
  await waitFor('everything to be acknowledged', () => again.spool.unsentCount === 0);

  expect(controller.batches.length).toBeGreaterThan(1);
  expect(controller.applied.map(({ seq }) => seq)).toEqual([1, 2]);
});

it('keeps reports while the controller is away and sends them when it is back', async () => {
  const { journal, spool } = await setUp();
  controller.trouble = 'unavailable';
  const attempt = await accept(journal);
  spool.start();
  await waitFor('a failed attempt', () => controller.authorizations.length >= 2);
  await attempt.append(failed);
  controller.trouble = undefined;

  await waitFor('the end to be acknowledged', () => attempt.isSettled);

  expect(controller.applied.map(({ seq }) => seq)).toEqual([1, 2]);
});

it('sends only the newest look at a transfer, and no more often than asked', async () => {
  const { journal, spool } = await setUp(150);
  const attempt = await accept(journal);
  spool.start();
  for (let bytes = 1; bytes <= 100; bytes += 1) {
    spool.look(attempt, lookAt(bytes));
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
  const isLast = (): boolean =>
    controller.applied.some((report) => report.type === 'progress' && report.progress.bytesDone === 100);
  await waitFor('the last look', isLast);

  const looks = controller.applied.filter(({ type }) => type === 'progress');
  expect(looks.length).toBeGreaterThanOrEqual(2);
  expect(looks.length).toBeLessThanOrEqual(6);
});

it('never sends a look after the end, nor one number twice', async () => {
  const { journal, spool } = await setUp();
  const attempt = await accept(journal);
  spool.start();
  for (let round = 0; round < 20; round += 1) {
    spool.look(attempt, lookAt(round));
    await attempt.append({ type: 'log', lines: [line(String(round))] });
    spool.nudge();
  }
  await attempt.append(failed);
  spool.look(attempt, lookAt(99));
  await waitFor('the end to be acknowledged', () => attempt.isSettled);

  const numbers = controller.batches.flat().map(({ seq }) => seq);
  expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(controller.applied.at(-1)?.type).toBe('result');
});

it('drops the one report that the controller calls malformed, and only that one', async () => {
  const { journal, spool } = await setUp();
  controller.refuses = (report) => report.type === 'log';
  const attempt = await accept(journal);
  await attempt.append({ type: 'log', lines: [line('poison')] });
  await attempt.append(failed);
  spool.start();

  await waitFor('the end to be acknowledged', () => attempt.isSettled);

  expect(controller.applied.map(({ type }) => type)).toEqual(['state', 'result']);
});

it('passes on which attempts the controller wants stopped', async () => {
  const { journal, spool, cancelled } = await setUp();
  const attempt = await accept(journal);
  controller.cancel = [{ ...attempt.key }];
  spool.start();

  await waitFor('the cancellation', () => cancelled.length > 0);

  expect(cancelled[0]).toEqual(attempt.key);
});

it('says when the controller does not know this agent any more, and keeps the reports', async () => {
  const { journal, spool, revoked } = await setUp();
  controller.revokedTokens.add('token');
  await accept(journal);
  spool.start();

  await waitFor('the news', () => revoked.mock.calls.length > 0);

  expect(spool.unsentCount).toBe(1);
});

it('does not let reports that are never acknowledged hold up those of other runs', async () => {
  const { journal, spool } = await setUp();
  controller.trouble = 'unacknowledged';
  await accept(journal);
  spool.start();
  await waitFor('a batch', () => controller.batches.length > 0);
  controller.trouble = undefined;
  const other = await accept(journal);
  spool.nudge();

  await waitFor('the other run to get through', () => other.pending.length === 0);
  await waitFor('the first one to be sent again', () => spool.unsentCount === 0);
});
