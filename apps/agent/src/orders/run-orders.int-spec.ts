import { makeTempFolder, type TempFolder } from '@fleetclone/testing';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { AttemptJournal, AttemptKey } from '../journal/attempt-journal';
import { Journal } from '../journal/journal';
import { createLogger } from '../logging/logger';
import { outcome } from '../supervisor/outcomes';
import { buildBackupOrder } from '../testkit/build-order';
import { NotAllowedHereError } from './order.errors';
import { RunOrders } from './run-orders';

const context = { expiresAt: new Date('2026-12-01T00:00:00Z') };
const failed = {
  type: 'result',
  state: 'failed',
  outcome: outcome({ code: 'TEST.FAILED', layer: null, side: null, message: 'for a test' }),
  totals: null,
} as const;

let temp: TempFolder;
let journal: Journal;
let submitted: AttemptKey[];
let cancelled: AttemptKey[];
let superseded: AttemptKey[];
let nudges: number;
let isAllowed: boolean;
let runOrders: RunOrders;

beforeEach(async () => {
  temp = await makeTempFolder('orders');
  journal = await Journal.open(join(temp.path, 'runs'), { now: () => new Date(), onProblem: jest.fn() });
  [submitted, cancelled, superseded] = [[], [], []];
  nudges = 0;
  isAllowed = true;
  runOrders = new RunOrders({
    journal,
    supervisor: {
      submit: ({ key }: AttemptJournal) => void submitted.push(key),
      cancel: ({ key }: AttemptJournal) => void cancelled.push(key),
      supersede: ({ runId, fence }) => void superseded.push({ runId, fence }),
    },
    spool: { nudge: () => void (nudges += 1) },
    assertSourcesAllowed: () =>
      isAllowed ? Promise.resolve() : Promise.reject(new NotAllowedHereError('/ is not below /Users')),
    log: createLogger('silent'),
  });
});
afterEach(() => temp.remove());

const newKey = (): AttemptKey => ({ runId: randomUUID(), fence: 2 });
const accept = (key: AttemptKey): Promise<void> => runOrders.accept(buildBackupOrder(key), context);
const pendingOf = (key: AttemptKey): string[] =>
  journal
    .find(key)!
    .pending.map((report) => (report.type === 'result' || report.type === 'state' ? report.state : ''));

it('journals an order, reports that it was accepted, and has it done', async () => {
  const key = newKey();
  await accept(key);

  expect(submitted).toEqual([key]);
  expect(pendingOf(key)).toEqual(['accepted']);
  expect(nudges).toBe(1);
});

it('has an order that is delivered several times at once done once, and sends its reports again', async () => {
  const key = newKey();
  await Promise.all([accept(key), accept(key), accept(key)]);
  await journal.find(key)!.acknowledge(1);
  await accept(key);

  expect(submitted).toEqual([key]);
  expect(pendingOf(key)).toEqual(['accepted']);
});

it('sends the end again, and nothing else, when the order of an ended attempt comes again', async () => {
  const key = newKey();
  await accept(key);
  await journal.find(key)!.append(failed);
  await journal.find(key)!.acknowledge(2);
  await accept(key);

  expect(submitted).toEqual([key]);
  expect(pendingOf(key)).toEqual(['accepted', 'failed']);
});

it('ignores the order of an attempt that a newer one has overtaken, also when the newer one is forgotten', async () => {
  const key = newKey();
  await accept(key);
  await accept({ ...key, fence: 1 });

  expect(submitted).toEqual([key]);
  expect(journal.find({ ...key, fence: 1 })).toBeUndefined();
});

it('ends an order that is not allowed here as failed, without doing anything', async () => {
  isAllowed = false;
  const key = newKey();
  await accept(key);

  expect(submitted).toEqual([]);
  expect(journal.find(key)?.result?.outcome).toMatchObject({
    code: 'ORDER.SOURCE_NOT_ALLOWED',
    message: expect.stringContaining('/ is not below /Users') as string,
  });
});

it('has an attempt under way stopped when it is cancelled', async () => {
  const key = newKey();
  await accept(key);
  await runOrders.cancel(key, context);

  expect(cancelled).toEqual([key]);
  expect(journal.find(key)?.result).toBeUndefined();
});

it('remembers a cancellation that comes before its order, and stops what it overtakes', async () => {
  const key = newKey();
  await runOrders.cancel(key, context);
  await accept(key);

  expect(submitted).toEqual([]);
  expect(superseded).toEqual([key]);
  expect(pendingOf(key)).toEqual(['cancelled']);
});

it('changes nothing when an attempt that has ended, or was overtaken, is cancelled', async () => {
  const key = newKey();
  await accept(key);
  await journal.find(key)!.append(failed);
  await runOrders.cancel(key, context);
  await runOrders.cancel({ ...key, fence: 1 }, context);

  expect(cancelled).toEqual([]);
  expect(journal.find(key)?.result?.state).toBe('failed');
  expect(journal.find({ ...key, fence: 1 })).toBeUndefined();
});
