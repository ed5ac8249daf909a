import { isFinalRunState } from '@fleetclone/contracts';
import { Injectable } from '@nestjs/common';
import { recordAudit } from '../../audit';
import { type Actor, actorName, displayActor } from '../../platform/http/principal';
import { Presence } from '../../presence';
import { ProblemError } from '../../platform/http/problem-error';
import { announceOrders, announceRun } from '../../platform/live/announce';
import { type Database, Prisma } from '../../platform/prisma/prisma';
import { stateFromRow } from '../view-runs/run.presenter';

/**
 * Stops a run. One that no agent has taken up, or whose Mac is away, is cancelled at once; one under way ends when its agent says so.
 * The agent hears of it in every case: an order still on its way starts nothing, and an attempt that comes back is told to stop.
 */
@Injectable()
export class CancelRun {
  constructor(
    private readonly prisma: Prisma,
    private readonly presence: Presence,
  ) {}

  /** Cancelling twice is cancelling once; a run that ended otherwise is refused. */
  async execute(runId: string, actor: Actor): Promise<void> {
    await this.prisma.$transaction(async (database) => {
      await database.$queryRaw`SELECT 1 FROM "Run" WHERE "id" = ${runId}::uuid FOR UPDATE`;
      const run = await database.run.findUnique({
        where: { id: runId },
        select: { state: true, cancelRequestedAt: true, mac: { select: { id: true, lastSeenAt: true } } },
      });
      if (run === null) throw new ProblemError('RUN.NOT_FOUND', 'No run has this id.');
      const state = stateFromRow(run.state);
      if (state === 'cancelled') return;
      if (isFinalRunState(state)) throw new ProblemError('RUN.ALREADY_FINISHED', `It ended as ${state}.`);
      const isUntaken = state === 'queued' || state === 'dispatched';
      const isAway = !this.presence.isOnline(run.mac.id, run.mac.lastSeenAt);
      if (run.cancelRequestedAt !== null && !isAway) return;
      const circumstance = isUntaken
        ? 'before any agent took it up'
        : isAway
          ? 'while its Mac was away'
          : null;
      await this.mark(database, runId, circumstance, actor);
      if (state !== 'queued') await this.tellAgent(database, runId);
      await announceRun(database, runId);
      await announceOrders(database);
    });
  }

  /** @param circumstance why the run can end at once; null when its agent has to end it */
  private async mark(
    database: Database,
    runId: string,
    circumstance: string | null,
    actor: Actor,
  ): Promise<void> {
    const now = new Date();
    await database.run.update({
      where: { id: runId },
      data: {
        cancelRequestedAt: now,
        ...(circumstance !== null && {
          state: 'cancelled',
          finishedAt: now,
          outcome: {
            code: 'RUN.CANCELLED',
            layer: null,
            side: null,
            retryable: false,
            message: `Cancelled by ${displayActor(actor)} ${circumstance}. The last good copy is as it was.`,
            fileErrors: [],
            fileErrorCount: 0,
          },
        }),
        events: {
          create:
            circumstance !== null
              ? {
                  kind: 'state',
                  state: 'cancelled',
                  message: `cancelled by ${displayActor(actor)} ${circumstance}`,
                }
              : { kind: 'note', message: `${displayActor(actor)} asked to cancel` },
        },
      },
    });
    await recordAudit(database, { actor: actorName(actor), action: 'run.cancel', subject: `run:${runId}` });
  }

  private async tellAgent(database: Database, runId: string): Promise<void> {
    await database.outbox.upsert({
      where: { kind_subjectId: { kind: 'cancel', subjectId: runId } },
      create: { kind: 'cancel', subjectId: runId },
      update: { deliveredAt: null },
    });
  }
}
