import { Injectable } from '@nestjs/common';
import { announceFleet } from '../platform/live/announce';
import { Prisma } from '../platform/prisma/prisma';

/** How often an agent is told to send a heartbeat. */
export const heartbeatEveryMs = 30_000;
/** A Mac not heard of for three heartbeats is away. */
const awayAfterMs = 3 * heartbeatEveryMs;
/** Presence is written to the database on change, and this often; a controller that has just started goes by that. */
const writeEveryMs = 10 * 60_000;

/** Who is there. Heartbeats stay in memory: ten thousand Macs must not mean three hundred writes a second. */
@Injectable()
export class Presence {
  private readonly heardAt = new Map<string, number>();
  private readonly writtenAt = new Map<string, number>();
  private readonly startedAt = Date.now();

  constructor(private readonly prisma: Prisma) {}

  async hear(macId: string): Promise<void> {
    const now = Date.now();
    const wasOnline = this.isOnline(macId, null);
    this.heardAt.set(macId, now);
    if (wasOnline && now - (this.writtenAt.get(macId) ?? 0) < writeEveryMs) return;
    this.writtenAt.set(macId, now);
    await this.prisma.mac.updateMany({ where: { id: macId }, data: { lastSeenAt: new Date(now) } });
    if (!wasOnline) await announceFleet(this.prisma);
  }

  isOnline(macId: string, lastWrittenAt: Date | null): boolean {
    const now = Date.now();
    const heard = this.heardAt.get(macId);
    if (heard !== undefined) return now - heard < awayAfterMs;
    const isWarmingUp = now - this.startedAt < awayAfterMs;
    return (
      isWarmingUp && lastWrittenAt !== null && now - lastWrittenAt.getTime() < writeEveryMs + awayAfterMs
    );
  }

  lastSeen(macId: string, lastWrittenAt: Date | null): Date | null {
    const heard = this.heardAt.get(macId);
    return heard === undefined ? lastWrittenAt : new Date(heard);
  }

  /** Says so when a Mac has gone away; called now and then. */
  async noticeAbsence(): Promise<void> {
    const now = Date.now();
    const gone = [...this.heardAt].filter(([, at]) => now - at >= awayAfterMs);
    if (gone.length === 0) return;
    for (const [macId, at] of gone) {
      this.heardAt.delete(macId);
      await this.prisma.mac.updateMany({ where: { id: macId }, data: { lastSeenAt: new Date(at) } });
    }
    await announceFleet(this.prisma);
  }
}
