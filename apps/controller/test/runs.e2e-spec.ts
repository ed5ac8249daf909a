import { randomUUID } from 'node:crypto';
import {
  defaultTransferOptions,
  type EnrolReply,
  LiveMessage,
  type OrderClaims,
  type ReportBatch,
  RunEventList,
  RunView,
} from '@fleetclone/contracts';
import type { Mailbox } from '@fleetclone/queue';
import { waitFor } from '@fleetclone/testing';
import { buildFacts, buildFleet, report, send, setUp } from './client';
import { readOrders } from './read-orders';
import { type RunningController, startController, stopController } from './start-controller';

type Report = ReportBatch['reports'][number];
type Fleet = Awaited<ReturnType<typeof buildFleet>>;

const at = '2026-11-23T02:00:00.000Z';
const outcome = {
  code: 'TRANSFER.COMPLETE',
  layer: null,
  side: null,
  retryable: false,
  message: 'All copied.',
  fileErrors: [],
  fileErrorCount: 0,
};
const totals = {
  filesTotal: 3,
  filesTransferred: 2,
  filesDeleted: 0,
  bytesTotal: 300,
  bytesTransferred: 200,
  bytesSent: 210,
  bytesReceived: 10,
  durationMs: 900,
};
const progress = {
  phase: 'transferring' as const,
  bytesDone: 100,
  bytesTotal: 300,
  filesDone: 1,
  filesTotal: 3,
  bytesPerSecond: 50,
  etaSeconds: 4,
  currentFile: 'Users/ann/a',
};

/** What an agent says of a run that goes well. */
function wholeRun(runId: string, fence: number): Report[] {
  const heading = { runId, fence, at };
  return [
    { ...heading, seq: 1, type: 'state', state: 'accepted' },
    { ...heading, seq: 2, type: 'state', state: 'preflight' },
    { ...heading, seq: 3, type: 'state', state: 'transferring' },
    { ...heading, seq: 4, type: 'log', lines: [{ at, level: 'info', text: 'rsync 3.5.0' }] },
    { ...heading, seq: 5, type: 'progress', progress },
    { ...heading, seq: 7, type: 'state', state: 'publishing' },
    { ...heading, seq: 8, type: 'result', state: 'succeeded', outcome, totals },
  ];
}

describe('runs', () => {
  let controller: RunningController;
  let token: string;
  const mailboxes: Mailbox[] = [];

  beforeAll(async () => {
    controller = await startController();
    token = await setUp(controller);
  }, 60_000);

  afterAll(async () => {
    await Promise.all(mailboxes.map((mailbox) => mailbox.stop()));
    await stopController(controller);
    // Mailboxes may take three seconds to say farewell, and PostgreSQL its time to write.
  }, 30_000);

  function listen(agent: EnrolReply): readonly OrderClaims[] {
    const { orders, mailbox } = readOrders(agent);
    mailboxes.push(mailbox);
    return orders;
  }

  const submit = async ({ plan }: Pick<Fleet, 'plan'>, key: string = randomUUID()) =>
    RunView.parse(
      (
        await send(controller, 'POST', `/api/v1/plans/${plan.id}/runs`, {
          token,
          headers: { 'idempotency-key': key },
          body: {},
        })
      ).body,
    );
  const view = async (id: string) =>
    RunView.parse((await send(controller, 'GET', `/api/v1/runs/${id}`, { token })).body);
  const reached = (id: string, state: RunView['state']) =>
    waitFor(`run to be ${state}`, async () => ((await view(id)).state === state ? view(id) : undefined));
  const events = async (id: string) =>
    RunEventList.parse((await send(controller, 'GET', `/api/v1/runs/${id}/events`, { token })).body).items;

  it('takes a submission all the way to its end, and exactly once', async () => {
    const fleet = await buildFleet(controller, token);
    const orders = listen(fleet.source);

    const run = await submit(fleet);
    const claims = await waitFor('the order', () => orders.find(({ order }) => order.type === 'backup'));
    const reports = wholeRun(run.id, 1);
    await report(controller, fleet.source, reports.slice(0, 5));
    const underWay = await view(run.id);
    const receipt = await report(controller, fleet.source, reports);
    await report(controller, fleet.source, reports);
    const ended = await view(run.id);

    expect(claims.order).toMatchObject({
      type: 'backup',
      runId: run.id,
      fence: 1,
      planFolder: expect.stringMatching(/^\/Volumes\/Backup\/source-.*\/home$/),
      options: defaultTransferOptions,
    });
    expect(underWay).toMatchObject({
      state: 'transferring',
      progress: { bytesDone: 100, phase: 'transferring' },
    });
    expect(receipt).toEqual({ acknowledged: [{ runId: run.id, fence: 1, seq: 8 }], cancel: [] });
    expect(ended).toMatchObject({ state: 'succeeded', totals: { filesTransferred: 2 }, progress: null });
    expect((await events(run.id)).map((event) => event.state ?? event.message)).toEqual([
      'queued',
      'dispatched',
      'accepted',
      'preflight',
      'transferring',
      'rsync 3.5.0',
      'publishing',
      'succeeded',
    ]);
  });

  it('answers the same key with the same run, and another body with 409', async () => {
    const fleet = await buildFleet(controller, token);
    const other = await buildFleet(controller, token);
    const key = randomUUID();

    const both = await Promise.all([submit(fleet, key), submit(fleet, key)]);
    const again = await send(controller, 'POST', '/api/v1/runs', {
      token,
      headers: { 'idempotency-key': key },
      body: { planId: fleet.plan.id },
    });
    const clash = await send(controller, 'POST', '/api/v1/runs', {
      token,
      headers: { 'idempotency-key': key },
      body: { planId: other.plan.id },
    });

    expect(both[0].id).toBe(both[1].id);
    expect(again).toMatchObject({ status: 200, body: { id: both[0].id } });
    expect(clash).toMatchObject({ status: 409, body: { code: 'RUN.KEY_REUSED' } });
  });

  it('refuses an unknown plan, a malformed body and a missing key, and records nothing', async () => {
    const before = await controller.prisma.run.count();
    const headers = { 'idempotency-key': randomUUID() };

    const unknown = await send(controller, 'POST', '/api/v1/runs', {
      token,
      headers,
      body: { planId: randomUUID() },
    });
    const malformed = await send(controller, 'POST', '/api/v1/runs', {
      token,
      headers,
      body: { planId: 'x', kind: 'erase' },
    });
    const keyless = await send(controller, 'POST', '/api/v1/runs', { token, body: { planId: randomUUID() } });

    expect(unknown).toMatchObject({ status: 404, body: { code: 'PLAN.NOT_FOUND' } });
    expect(malformed).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'planId' }, { field: 'kind' }] },
    });
    expect(keyless).toMatchObject({ status: 400, body: { code: 'REQUEST.IDEMPOTENCY_KEY_MISSING' } });
    expect(await controller.prisma.run.count()).toBe(before);
  });

  it('keeps a second run of a Mac waiting, says why, and dispatches it when the first has ended', async () => {
    const fleet = await buildFleet(controller, token);
    const first = await submit(fleet);
    await reached(first.id, 'dispatched');
    const second = await submit(fleet);

    const waiting = await view(second.id);
    await report(controller, fleet.source, wholeRun(first.id, 1));
    const next = await reached(second.id, 'dispatched');

    expect(waiting).toMatchObject({ state: 'queued', waitingFor: expect.stringContaining('Home') });
    expect(next.fence).toBe(2);
  });

  it('ignores what an attempt with an old fence reports, and tells it to stop', async () => {
    const fleet = await buildFleet(controller, token);
    const first = await submit(fleet);
    await reached(first.id, 'dispatched');
    await report(controller, fleet.source, wholeRun(first.id, 1));
    const second = await submit(fleet);
    await reached(second.id, 'dispatched');

    const receipt = await report(controller, fleet.source, [
      { runId: second.id, fence: 1, seq: 1, at, type: 'state', state: 'transferring' },
    ]);
    const late = await report(controller, fleet.source, [
      { runId: second.id, fence: 1, seq: 9, at, type: 'result', state: 'succeeded', outcome, totals },
    ]);

    expect(receipt.cancel).toEqual([{ runId: second.id, fence: 1 }]);
    expect(late.cancel).toEqual([]);
    expect((await view(second.id)).state).toBe('dispatched');
  });

  it('ignores reports about another Mac’s run', async () => {
    const fleet = await buildFleet(controller, token);
    const run = await submit(fleet);
    await reached(run.id, 'dispatched');

    const receipt = await report(controller, fleet.target, wholeRun(run.id, 1));

    expect(receipt.cancel).toEqual([{ runId: run.id, fence: 1 }]);
    expect((await view(run.id)).state).toBe('dispatched');
  });

  it('cancels a run that no agent has at once, and one under way through its agent', async () => {
    const fleet = await buildFleet(controller, token);
    const orders = listen(fleet.source);
    const underWay = await submit(fleet);
    await reached(underWay.id, 'dispatched');
    await report(controller, fleet.source, wholeRun(underWay.id, 1).slice(0, 3));
    const queued = await submit(fleet);
    const cancel = (id: string) => send(controller, 'POST', `/api/v1/runs/${id}/cancel`, { token });

    const atOnce = await cancel(queued.id);
    const asked = await cancel(underWay.id);
    const askedAgain = await cancel(underWay.id);
    const order = await waitFor('the cancel order', () =>
      orders.find((claims) => claims.order.type === 'cancel'),
    );
    const heading = { runId: underWay.id, fence: 1, at };
    const receipt = await report(controller, fleet.source, [
      { ...heading, seq: 4, type: 'progress', progress },
    ]);
    await report(controller, fleet.source, [
      {
        ...heading,
        seq: 5,
        type: 'result',
        state: 'cancelled',
        outcome: { ...outcome, code: 'RUN.CANCELLED' },
        totals: null,
      },
    ]);

    expect(atOnce).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    expect([asked.status, askedAgain.status]).toEqual([200, 200]);
    expect(order.order).toEqual({ type: 'cancel', runId: underWay.id, fence: 1 });
    expect(receipt.cancel).toEqual([{ runId: underWay.id, fence: 1 }]);
    expect((await view(underWay.id)).state).toBe('cancelled');
    expect((await cancel(underWay.id)).status).toBe(200);
  });

  it('cancels a run under way at once when its Mac is away, and stops the attempt when it comes back', async () => {
    const fleet = await buildFleet(controller, token);
    const run = await submit(fleet);
    await reached(run.id, 'dispatched');
    await report(controller, fleet.source, wholeRun(run.id, 1).slice(0, 3));
    // Ten minutes later, with no heartbeat in between.
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 600_000);

    const reply = await send(controller, 'POST', `/api/v1/runs/${run.id}/cancel`, { token });
    clock.mockRestore();
    const receipt = await report(controller, fleet.source, wholeRun(run.id, 1).slice(3, 5));
    await report(controller, fleet.source, wholeRun(run.id, 1));

    expect(reply).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    expect(receipt.cancel).toEqual([{ runId: run.id, fence: 1 }]);
    expect((await view(run.id)).state).toBe('cancelled');
    const next = await submit(fleet);
    expect((await reached(next.id, 'dispatched')).fence).toBe(2);
  });

  it('refuses to cancel a run that ended otherwise', async () => {
    const fleet = await buildFleet(controller, token);
    const run = await submit(fleet);
    await reached(run.id, 'dispatched');
    await report(controller, fleet.source, wholeRun(run.id, 1));

    const reply = await send(controller, 'POST', `/api/v1/runs/${run.id}/cancel`, { token });

    expect(reply).toMatchObject({ status: 409, body: { code: 'RUN.ALREADY_FINISHED' } });
  });

  it('sends an order again after Redis came back empty', async () => {
    const fleet = await buildFleet(controller, token);
    const run = await submit(fleet);
    await reached(run.id, 'dispatched');

    await controller.redis.restartEmpty();
    const orders = listen(fleet.source);
    const claims = await waitFor(
      'the order after the loss',
      () => orders.find(({ order }) => order.type === 'backup'),
      { timeoutMs: 20_000 },
    );

    expect(claims.order).toMatchObject({ runId: run.id, fence: 1 });
  }, 30_000);

  it('accepts submissions while Redis is down and dispatches them when it is back', async () => {
    const fleet = await buildFleet(controller, token);
    await controller.redis.kill();

    const run = await submit(fleet);
    const ready = await send(controller, 'GET', '/readyz');
    await controller.redis.restartEmpty();

    expect(run.state).toBe('queued');
    expect(ready).toMatchObject({ status: 503, body: { detail: expect.stringContaining('Redis') } });
    await reached(run.id, 'dispatched');
  }, 30_000);

  it('keeps an agent from every other agent’s mailbox and from commands that are not its own', async () => {
    const fleet = await buildFleet(controller, token);
    const { Redis } = await import('ioredis');
    const { username, password } = fleet.source.queue;
    const redis = new Redis({
      port: controller.redis.port,
      username,
      password,
      enableReadyCheck: false,
      maxRetriesPerRequest: 1,
    });
    const attempts = [
      ['hgetall', `fc:agent-${fleet.target.macId}:meta`],
      ['lpush', `fc:agent-${fleet.target.macId}:wait`, 'x'],
      ['eval', 'return 1', '0'],
      ['script', 'load', 'return 1'],
      ['keys', '*'],
      ['acl', 'list'],
      ['config', 'get', '*'],
      ['flushall'],
      ['publish', 'x', 'y'],
    ] as const;

    const answers = await Promise.allSettled(
      attempts.map(([command, ...args]) => redis.call(command, ...args)),
    );
    redis.disconnect();

    expect(
      answers.map((answer) =>
        answer.status === 'rejected' ? String(answer.reason).slice(0, 20) : 'allowed',
      ),
    ).toEqual(attempts.map(() => expect.stringContaining('NOPERM')));
  });

  it('shows a heartbeat’s sender as online and a run of another fence as unwanted', async () => {
    const fleet = await buildFleet(controller, token);
    const run = await submit(fleet);
    await reached(run.id, 'dispatched');
    const body = {
      facts: buildFacts({ osVersion: 'changed' }),
      activeRuns: [
        { runId: run.id, fence: 7 },
        { runId: run.id, fence: 1 },
      ],
    };

    const reply = await send(controller, 'POST', '/api/v1/agent/heartbeat', {
      token: fleet.source.agentToken,
      body,
    });
    const mac = await send(controller, 'GET', `/api/v1/macs/${fleet.source.macId}`, { token });

    expect(reply.body).toMatchObject({ cancel: [{ runId: run.id, fence: 7 }] });
    expect(mac.body).toMatchObject({
      presence: 'online',
      facts: { osVersion: 'changed' },
      protection: 'never',
    });
  });

  it('tells the console of a change within two seconds, as server-sent events', async () => {
    const fleet = await buildFleet(controller, token);
    const stop = new AbortController();
    const response = await fetch(`${controller.url}/api/v1/live`, {
      headers: { authorization: `Bearer ${token}` },
      signal: stop.signal,
    });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    const messages: LiveMessage[] = [];
    const reading = (async () => {
      for (;;) {
        const { value = '', done } = await reader.read();
        if (done) return;
        for (const [, data] of value.matchAll(/^data: (\{.*\})$/gm))
          messages.push(LiveMessage.parse(JSON.parse(data!)));
      }
    })().catch(() => undefined);

    const run = await submit(fleet);
    await waitFor(
      'the live message',
      () => messages.some((message) => message.type === 'run' && message.run.id === run.id),
      { timeoutMs: 2_000 },
    );
    stop.abort();
    await reading;

    expect(response.headers.get('content-type')).toContain('text/event-stream');
  });
});
