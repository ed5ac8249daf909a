import { randomUUID } from 'node:crypto';
import { type BackupOrder, defaultTransferOptions, type OrderClaims, PlanView } from '@fleetclone/contracts';
import type { Mailbox } from '@fleetclone/queue';
import { waitFor } from '@fleetclone/testing';
import { buildFleet, send, setUp } from './client';
import { readOrders } from './read-orders';
import { type RunningController, startController, stopController } from './start-controller';

type Fleet = Awaited<ReturnType<typeof buildFleet>>;

describe('a plan’s transfer options', () => {
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

  async function orderFor({ plan, source }: Fleet): Promise<BackupOrder> {
    const { orders, mailbox } = readOrders(source);
    mailboxes.push(mailbox);
    await send(controller, 'POST', `/api/v1/plans/${plan.id}/runs`, {
      token,
      headers: { 'idempotency-key': randomUUID() },
      body: {},
    });
    const isBackup = ({ order }: OrderClaims): boolean => order.type === 'backup';
    const { order } = await waitFor('the order', () => orders.find(isBackup));
    if (order.type !== 'backup') throw new Error(`an order to ${order.type}`);
    return order;
  }

  const viewPlan = async (id: string) =>
    PlanView.parse((await send(controller, 'GET', `/api/v1/plans/${id}`, { token })).body);

  it('are kept as they were chosen, and go with every order', async () => {
    const chosen = {
      mode: 'snapshots' as const,
      compression: 'zstd' as const,
      skipCompress: ['jpg', '7z'],
      bandwidth: '20MB/s; 2MB/s@Mon-Fri/8-18',
      oneFileSystem: true,
      exclusionGroups: ['trash' as const],
      includes: ['/Users/ann/Library/Caches/keep'],
      streams: 4,
      fullScanEveryDays: 30,
      maxDeletes: 500,
    };
    const fleet = await buildFleet(controller, token, chosen);

    const order = await orderFor(fleet);

    expect(fleet.plan.options).toEqual(chosen);
    expect((await viewPlan(fleet.plan.id)).options).toEqual(chosen);
    expect(order.options).toEqual(chosen);
    expect(order.snapshotName).toMatch(/^\d{4}-\d{2}-\d{2}T\d{6}Z$/);
    expect(order.archiveName).toBe(order.snapshotName);
  });

  it('have their defaults where a plan was made without them', async () => {
    const fleet = await buildFleet(controller, token);
    // As a migration leaves plans that are older than an option.
    await controller.prisma.plan.update({ where: { id: fleet.plan.id }, data: { options: {} } });

    const order = await orderFor(fleet);

    expect(fleet.plan.options).toEqual(defaultTransferOptions);
    expect((await viewPlan(fleet.plan.id)).options).toEqual(defaultTransferOptions);
    expect(order.options).toEqual(defaultTransferOptions);
  });

  it('reach the Mac also when the patterns are as long as a request may be', async () => {
    const includes = Array.from({ length: 500 }, (_, index) => `/Users/ann/${'x'.repeat(1000)}${index}`);
    const fleet = await buildFleet(controller, token, { includes });

    expect((await orderFor(fleet)).options.includes).toEqual(includes);
  });

  it('are refused with the fields at fault, and no plan is recorded', async () => {
    const { plan } = await buildFleet(controller, token);
    const before = await controller.prisma.plan.count();

    const reply = await send(controller, 'POST', '/api/v1/plans', {
      token,
      body: {
        name: 'Another',
        macId: plan.mac.id,
        remoteId: plan.remote.id,
        destinationRoot: '/Volumes/Backup',
        sourcePaths: ['/Users/ann'],
        options: {
          mode: 'copies',
          bandwidth: '20 Mbit/s',
          exclusionGroups: ['caches', 'photos'],
          streams: 99,
        },
      },
    });

    expect(reply).toMatchObject({
      status: 400,
      body: {
        code: 'REQUEST.MALFORMED',
        errors: [
          { field: 'options.mode' },
          { field: 'options.bandwidth', message: expect.stringContaining('20MB/s') },
          { field: 'options.exclusionGroups.1' },
          { field: 'options.streams' },
        ],
      },
    });
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
    expect(await controller.prisma.plan.count()).toBe(before);
  });

  it('may be left out of a request and are never missing in an answer, by the API’s own description', async () => {
    const { components } = (await send(controller, 'GET', '/api/docs.json', { token })).body as {
      components: {
        schemas: Record<string, { properties: Record<string, { required?: string[] }>; required: string[] }>;
      };
    };
    const { CreatePlan: request, Plan: answer } = components.schemas;

    expect(request?.required).not.toContain('options');
    expect(request?.properties['options']).not.toHaveProperty('required');
    expect(answer?.required).toContain('options');
    expect([...(answer?.properties['options']?.required ?? [])].sort()).toEqual(
      Object.keys(defaultTransferOptions).sort(),
    );
  });
});
