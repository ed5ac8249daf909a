import { Inject, Injectable } from '@nestjs/common';
import type { OrderQueues } from '@fleetclone/queue';
import type { Logger } from 'pino';
import { loggerToken } from '../../platform/injection';
import { Prisma } from '../../platform/prisma/prisma';
import { Mailboxes } from '../../platform/redis/mailboxes';
import { activeRunStates } from '../domain/run';
import { cancelOrderId, credentialOrderId, runOrderId } from './build-orders';

type OutboxKind = 'run' | 'cancel' | 'create_credential' | 'authorise_credential';

/** An order that was delivered but has had no effect; it is looked up in Redis. */
interface Suspect {
  readonly kind: OutboxKind;
  readonly subjectId: string;
  readonly macId: string;
  readonly orderId: string;
}

/**
 * Finds orders that were delivered, had no effect, and are not in Redis any more (it was emptied, or the agent could not act), and
 * makes them due again.
 */
@Injectable()
export class ReconcileOrders {
  constructor(
    private readonly prisma: Prisma,
    private readonly mailboxes: Mailboxes,
    @Inject(loggerToken) private readonly logger: Logger,
  ) {}

  /** @param graceMs how long an order is given to have an effect */
  async execute(graceMs: number): Promise<number> {
    const queues = this.mailboxes.whenReady();
    if (queues === null) return 0;
    const before = new Date(Date.now() - graceMs);
    const suspects = [
      ...(await this.runs(before)),
      ...(await this.cancels(before)),
      ...(await this.credentials(before)),
    ];
    const lost = await onlyMissing(queues, suspects);
    for (const { kind, subjectId } of lost) {
      await this.prisma.outbox.updateMany({ where: { kind, subjectId }, data: { deliveredAt: null } });
      this.logger.warn(
        { event: 'order.lost', kind, subjectId },
        'order is not in Redis any more and is sent again',
      );
    }
    return lost.length;
  }

  private async delivered(
    kind: OutboxKind,
    subjectIds: readonly string[],
    before: Date,
  ): Promise<Set<string>> {
    const rows = await this.prisma.outbox.findMany({
      where: { kind, subjectId: { in: [...subjectIds] }, deliveredAt: { lt: before } },
      select: { subjectId: true },
    });
    return new Set(rows.map((row) => row.subjectId));
  }

  private async runs(before: Date): Promise<Suspect[]> {
    const runs = await this.prisma.run.findMany({
      where: { state: 'dispatched' },
      select: { id: true, macId: true, fence: true },
    });
    const delivered = await this.delivered(
      'run',
      runs.map((run) => run.id),
      before,
    );
    return runs
      .filter((run) => delivered.has(run.id))
      .map(({ id, macId, fence }) => ({ kind: 'run', subjectId: id, macId, orderId: runOrderId(id, fence) }));
  }

  private async cancels(before: Date): Promise<Suspect[]> {
    const runs = await this.prisma.run.findMany({
      where: { state: { in: [...activeRunStates] }, cancelRequestedAt: { not: null } },
      select: { id: true, macId: true, fence: true },
    });
    const delivered = await this.delivered(
      'cancel',
      runs.map((run) => run.id),
      before,
    );
    return runs
      .filter((run) => delivered.has(run.id))
      .map(({ id, macId, fence }) => ({
        kind: 'cancel',
        subjectId: id,
        macId,
        orderId: cancelOrderId(id, fence),
      }));
  }

  private async credentials(before: Date): Promise<Suspect[]> {
    const credentials = await this.prisma.credential.findMany({
      where: { trust: { in: ['creating', 'authorising'] } },
      select: { id: true, trust: true, macId: true, remote: { select: { macId: true } } },
    });
    const suspects = credentials.map(({ id, trust, macId, remote }): Suspect => {
      const kind = trust === 'creating' ? 'create_credential' : 'authorise_credential';
      return {
        kind,
        subjectId: id,
        macId: trust === 'creating' ? macId : remote.macId,
        orderId: credentialOrderId(kind, id),
      };
    });
    const ids = suspects.map((suspect) => suspect.subjectId);
    const delivered = {
      create_credential: await this.delivered('create_credential', ids, before),
      authorise_credential: await this.delivered('authorise_credential', ids, before),
    };
    return suspects.filter(
      ({ kind, subjectId }) => kind in delivered && delivered[kind as keyof typeof delivered].has(subjectId),
    );
  }
}

async function onlyMissing(queues: OrderQueues, suspects: readonly Suspect[]): Promise<Suspect[]> {
  const missing: Suspect[] = [];
  for (const suspect of suspects) {
    if (!(await queues.has(suspect.macId, suspect.orderId))) missing.push(suspect);
  }
  return missing;
}
