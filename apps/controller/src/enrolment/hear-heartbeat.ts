import { isDeepStrictEqual } from 'node:util';
import { isFinalRunState, type Heartbeat, type HeartbeatReply, MacFacts } from '@fleetclone/contracts';
import { Injectable } from '@nestjs/common';
import { heartbeatEveryMs, Presence } from '../presence';
import { announceFleet } from '../platform/live/announce';
import { Prisma } from '../platform/prisma/prisma';
import { stateFromRow } from '../runs';

/** Notes that a Mac is there, keeps its facts current, and tells it which of its attempts are no longer wanted. */
@Injectable()
export class HearHeartbeat {
  constructor(
    private readonly prisma: Prisma,
    private readonly presence: Presence,
  ) {}

  async execute(macId: string, heartbeat: Heartbeat): Promise<HeartbeatReply> {
    await this.presence.hear(macId);
    await this.keepFacts(macId, heartbeat.facts);
    return { nextInMs: heartbeatEveryMs, cancel: await this.unwanted(macId, heartbeat.activeRuns) };
  }

  private async keepFacts(macId: string, facts: MacFacts): Promise<void> {
    const mac = await this.prisma.mac.findUniqueOrThrow({ where: { id: macId }, select: { facts: true } });
    if (isDeepStrictEqual(MacFacts.parse(mac.facts), facts)) return;
    await this.prisma.$transaction(async (database) => {
      await database.mac.update({ where: { id: macId }, data: { facts } });
      await announceFleet(database);
    });
  }

  private async unwanted(
    macId: string,
    attempts: Heartbeat['activeRuns'],
  ): Promise<HeartbeatReply['cancel']> {
    if (attempts.length === 0) return [];
    const runs = await this.prisma.run.findMany({
      where: { macId, id: { in: attempts.map((attempt) => attempt.runId) } },
      select: { id: true, fence: true, state: true, cancelRequestedAt: true },
    });
    return attempts.filter((attempt) => {
      const run = runs.find((candidate) => candidate.id === attempt.runId);
      return (
        run === undefined ||
        run.fence !== attempt.fence ||
        run.cancelRequestedAt !== null ||
        isFinalRunState(stateFromRow(run.state))
      );
    });
  }
}
