import type {
  ListRunEventsQuery,
  ListRunsQuery,
  RunEventView,
  RunPage,
  RunView,
} from '@fleetclone/contracts';
import { Injectable } from '@nestjs/common';
import { Presence } from '../../presence';
import { pageFrom } from '../../platform/http/page';
import { ProblemError } from '../../platform/http/problem-error';
import { Prisma } from '../../platform/prisma/prisma';
import { activeRunStates } from '../domain/run';
import { presentRun, presentRunEvent, runInclude, type RunRow, stateToRow } from './run.presenter';

/** Reads runs as the outside sees them. */
@Injectable()
export class ViewRuns {
  constructor(
    private readonly prisma: Prisma,
    private readonly presence: Presence,
  ) {}

  async one(id: string): Promise<RunView> {
    const [view] = await this.byIds([id]);
    if (view === undefined) throw new ProblemError('RUN.NOT_FOUND', 'It may belong to another controller.');
    return view;
  }

  async byIds(ids: readonly string[]): Promise<RunView[]> {
    if (ids.length === 0) return [];
    return this.present(
      await this.prisma.run.findMany({ where: { id: { in: [...ids] } }, include: runInclude }),
    );
  }

  /** Newest first. Ids are UUIDs of version 7, so their order is the order of submission. */
  async list(query: ListRunsQuery): Promise<RunPage> {
    const rows = await this.prisma.run.findMany({
      where: {
        ...(query.macId !== undefined && { macId: query.macId }),
        ...(query.planId !== undefined && { planId: query.planId }),
        ...(query.state !== undefined && { state: stateToRow(query.state) }),
        ...(query.cursor !== undefined && { id: { lt: query.cursor } }),
      },
      orderBy: { id: 'desc' },
      take: query.limit + 1,
      include: runInclude,
    });
    return pageFrom(rows, query.limit, (shown) => this.present(shown));
  }

  /** The newest run, and the newest one under way, of each of these Macs. */
  async latestOfMacs(
    macIds: readonly string[],
  ): Promise<{ last: Map<string, RunView>; active: Map<string, RunView> }> {
    const where = { macId: { in: [...macIds] } };
    const newest = {
      orderBy: [{ macId: 'asc' as const }, { id: 'desc' as const }],
      distinct: ['macId' as const],
      include: runInclude,
    };
    const [last, active] = await Promise.all([
      this.prisma.run.findMany({ where, ...newest }),
      this.prisma.run.findMany({ where: { ...where, state: { in: [...activeRunStates] } }, ...newest }),
    ]);
    return { last: byMac(await this.present(last)), active: byMac(await this.present(active)) };
  }

  /** The newest run of each of these plans. */
  async latestOfPlans(planIds: readonly string[]): Promise<Map<string, RunView>> {
    const rows = await this.prisma.run.findMany({
      where: { planId: { in: [...planIds] } },
      orderBy: [{ planId: 'asc' }, { id: 'desc' }],
      distinct: ['planId'],
      include: runInclude,
    });
    return new Map((await this.present(rows)).map((run) => [run.plan.id, run]));
  }

  async events(runId: string, query: ListRunEventsQuery): Promise<RunEventView[]> {
    if ((await this.prisma.run.count({ where: { id: runId } })) === 0) {
      throw new ProblemError('RUN.NOT_FOUND', 'It may belong to another controller.');
    }
    return query.after === undefined
      ? this.newestEvents(runId, query.limit)
      : this.eventsAfter(runId, BigInt(query.after), query.limit);
  }

  async eventsAfter(runId: string, after: bigint, limit: number): Promise<RunEventView[]> {
    const rows = await this.prisma.runEvent.findMany({
      where: { runId, id: { gt: after } },
      orderBy: { id: 'asc' },
      take: limit,
    });
    return rows.map(presentRunEvent);
  }

  private async newestEvents(runId: string, limit: number): Promise<RunEventView[]> {
    const rows = await this.prisma.runEvent.findMany({
      where: { runId },
      orderBy: { id: 'desc' },
      take: limit,
    });
    return rows.reverse().map(presentRunEvent);
  }

  private async present(rows: readonly RunRow[]): Promise<RunView[]> {
    const waiting = rows.filter((row) => row.state === 'queued');
    const blockers =
      waiting.length === 0
        ? []
        : await this.prisma.run.findMany({
            where: { macId: { in: waiting.map((row) => row.macId) }, state: { in: [...activeRunStates] } },
            select: { id: true, macId: true, plan: { select: { name: true } } },
          });
    return rows.map((row) => {
      const blocker = blockers.find((other) => other.macId === row.macId && other.id !== row.id);
      return presentRun(row, {
        isOnline: this.presence.isOnline(row.macId, row.mac.lastSeenAt),
        blocker: blocker === undefined ? null : { planName: blocker.plan.name },
      });
    });
  }
}

function byMac(runs: readonly RunView[]): Map<string, RunView> {
  return new Map(runs.map((run) => [run.mac.id, run]));
}
