import type { OrderQueues } from '@fleetclone/queue';
import { Inject, Injectable } from '@nestjs/common';
import type { Logger } from 'pino';
import { loggerToken } from '../../platform/injection';
import { announceRun } from '../../platform/live/announce';
import { type Database, Prisma } from '../../platform/prisma/prisma';
import { Mailboxes } from '../../platform/redis/mailboxes';
import { activeRunStates } from '../domain/run';
import { type AddressedOrder, backupOrder, cancelOrder, credentialOrder } from './build-orders';
import { SignOrder } from './sign-order';

interface DueRow {
  readonly id: bigint;
  readonly kind: 'run' | 'cancel' | 'create_credential' | 'authorise_credential';
  readonly subjectId: string;
}

/** Rows handled in one go; a larger backlog goes on at once. */
const batchSize = 200;

/**
 * Puts due orders into the agents' mailboxes. PostgreSQL decides: a run is marked dispatched, under a new fence, before its order is
 * added; the outbox row is settled after. A crash in between is repeated, which is harmless, because an order keeps its id.
 */
@Injectable()
export class DispatchOrders {
  constructor(
    private readonly prisma: Prisma,
    private readonly mailboxes: Mailboxes,
    private readonly signOrder: SignOrder,
    @Inject(loggerToken) private readonly logger: Logger,
  ) {}

  /** Delivers what is due and returns how many orders went out. Does nothing while Redis is away. */
  async execute(): Promise<number> {
    const queues = this.mailboxes.whenReady();
    if (queues === null) return 0;
    let delivered = 0;
    for (const row of await this.due()) {
      const order = await this.prepare(row);
      if (order !== null) {
        await this.send(queues, order);
        delivered += 1;
      }
      if (order !== null || row.kind !== 'run' || !(await this.isQueued(row.subjectId))) {
        await this.prisma.outbox.updateMany({
          where: { id: row.id, deliveredAt: null },
          data: { deliveredAt: new Date() },
        });
      }
    }
    return delivered;
  }

  private async send(queues: OrderQueues, { macId, orderId, order }: AddressedOrder): Promise<void> {
    const token = await this.signOrder.execute(macId, orderId, order);
    await queues.add(macId, orderId, { token });
    this.logger.info({ event: 'order.sent', macId, orderId, type: order.type }, 'order sent');
  }

  /** Undelivered rows, but for runs that have to wait: for trust, or for another run of their Mac. Oldest first. */
  private due(): Promise<DueRow[]> {
    return this.prisma.$queryRaw<DueRow[]>`
      SELECT o."id", o."kind"::text AS "kind", o."subjectId"
      FROM "Outbox" o
      LEFT JOIN "Run" r ON o."kind" = 'run' AND r."id" = o."subjectId"
      LEFT JOIN "Plan" p ON p."id" = r."planId"
      LEFT JOIN "Credential" c ON c."id" = p."credentialId"
      WHERE o."deliveredAt" IS NULL
        AND (r."id" IS NULL OR r."state" <> 'queued' OR (
          c."trust" = 'authorised'
          AND NOT EXISTS (
            SELECT 1 FROM "Run" a
            WHERE a."macId" = r."macId" AND a."state"::text = ANY(${[...activeRunStates]})
          )))
      ORDER BY o."id"
      LIMIT ${batchSize}`;
  }

  private async isQueued(runId: string): Promise<boolean> {
    return (await this.prisma.run.count({ where: { id: runId, state: 'queued' } })) === 1;
  }

  private prepare(row: DueRow): Promise<AddressedOrder | null> {
    switch (row.kind) {
      case 'run':
        return this.prepareRun(row.subjectId);
      case 'cancel':
        return cancelOrder(this.prisma, row.subjectId);
      case 'create_credential':
      case 'authorise_credential':
        return credentialOrder(this.prisma, row.kind, row.subjectId);
    }
  }

  private async prepareRun(runId: string): Promise<AddressedOrder | null> {
    await this.prisma.$transaction((database) => this.markDispatched(database, runId));
    return backupOrder(this.prisma, runId);
  }

  /** Moves a queued run to `dispatched` under the plan's next fence, unless another run of its Mac is under way. */
  private async markDispatched(database: Database, runId: string): Promise<void> {
    const run = await database.run.findUnique({
      where: { id: runId },
      select: { state: true, macId: true, planId: true },
    });
    if (run?.state !== 'queued') return;
    // One dispatch per Mac at a time: whoever comes second sees the first one's run.
    await database.$queryRaw`SELECT 1 FROM "Mac" WHERE "id" = ${run.macId}::uuid FOR UPDATE`;
    const active = await database.run.count({
      where: { macId: run.macId, state: { in: [...activeRunStates] } },
    });
    if (active > 0) return;
    const { lastFence: fence } = await database.plan.update({
      where: { id: run.planId },
      data: { lastFence: { increment: 1 } },
      select: { lastFence: true },
    });
    const { count } = await database.run.updateMany({
      where: { id: runId, state: 'queued' },
      data: { state: 'dispatched', fence, reportSeq: 0, dispatchedAt: new Date() },
    });
    if (count === 0) return;
    await database.runEvent.create({
      data: {
        runId,
        kind: 'state',
        state: 'dispatched',
        fence,
        message: `dispatched as attempt ${fence} of the plan`,
      },
    });
    await announceRun(database, runId);
  }
}
