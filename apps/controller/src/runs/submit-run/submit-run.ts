import { createHash } from 'node:crypto';
import type { IdempotencyKey, SubmitRun as SubmitRunRequest } from '@fleetclone/contracts';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { recordAudit } from '../../audit';
import { type Actor, actorName, displayActor } from '../../platform/http/principal';
import { ProblemError } from '../../platform/http/problem-error';
import { announceOrders, announceRun } from '../../platform/live/announce';
import { isUniqueViolation, Prisma } from '../../platform/prisma/prisma';

/** Takes a submission. When it returns, the run is recorded and will be dispatched, whatever happens to Redis or to this process. */
@Injectable()
export class SubmitRun {
  constructor(private readonly prisma: Prisma) {}

  /** The same key with the same request is the same run; with another request it is refused. */
  async execute(
    request: SubmitRunRequest,
    key: z.infer<typeof IdempotencyKey>,
    actor: Actor,
  ): Promise<{ runId: string; isNew: boolean }> {
    const requestHash = createHash('sha256')
      .update(JSON.stringify([request.planId, request.kind]))
      .digest('hex');
    const known = await this.find(key, requestHash);
    if (known !== null) return { runId: known, isNew: false };
    try {
      return { runId: await this.record(request, key, requestHash, actor), isNew: true };
    } catch (error) {
      // Somebody was faster with the same key.
      const winner = isUniqueViolation(error) ? await this.find(key, requestHash) : null;
      if (winner === null) throw error;
      return { runId: winner, isNew: false };
    }
  }

  private async find(key: string, requestHash: string): Promise<string | null> {
    const run = await this.prisma.run.findUnique({
      where: { idempotencyKey: key },
      select: { id: true, requestHash: true },
    });
    if (run !== null && run.requestHash !== requestHash) {
      throw new ProblemError(
        'RUN.KEY_REUSED',
        'Use a new Idempotency-Key for another request; the run of the first one is unchanged.',
      );
    }
    return run?.id ?? null;
  }

  /** Run and outbox row are one transaction, so a crash at any point leaves either nothing or a run that will be dispatched. */
  private record(request: SubmitRunRequest, key: string, requestHash: string, actor: Actor): Promise<string> {
    return this.prisma.$transaction(async (database) => {
      const plan = await database.plan.findUnique({
        where: { id: request.planId },
        select: { id: true, macId: true, remoteId: true },
      });
      if (plan === null) throw new ProblemError('PLAN.NOT_FOUND', 'No plan has this id.');
      const run = await database.run.create({
        data: {
          kind: request.kind,
          planId: plan.id,
          macId: plan.macId,
          remoteId: plan.remoteId,
          idempotencyKey: key,
          requestHash,
          submittedBy: displayActor(actor),
          events: {
            create: { kind: 'state', state: 'queued', message: `submitted by ${displayActor(actor)}` },
          },
        },
      });
      await database.outbox.create({ data: { kind: 'run', subjectId: run.id } });
      await recordAudit(database, {
        actor: actorName(actor),
        action: 'run.submit',
        subject: `run:${run.id}`,
        detail: { planId: plan.id },
      });
      await announceRun(database, run.id);
      await announceOrders(database);
      return run.id;
    });
  }
}
