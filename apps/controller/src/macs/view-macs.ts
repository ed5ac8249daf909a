import { MacFacts, type MacPage, type MacView, type PageQuery } from '@fleetclone/contracts';
import { Injectable } from '@nestjs/common';
import type { MacGetPayload } from '../generated/prisma/models/Mac';
import { pageFrom } from '../platform/http/page';
import { ProblemError } from '../platform/http/problem-error';
import { Prisma } from '../platform/prisma/prisma';
import { ViewRuns } from '../runs';
import { Presence } from '../presence';
import { protectionOf } from './protection';

const include = { plans: { select: { id: true, lastSuccessAt: true } } } as const;
type MacRow = MacGetPayload<{ include: typeof include }>;

/** Reads Macs as the outside sees them. */
@Injectable()
export class ViewMacs {
  constructor(
    private readonly prisma: Prisma,
    private readonly presence: Presence,
    private readonly viewRuns: ViewRuns,
  ) {}

  async one(id: string): Promise<MacView> {
    const row = await this.prisma.mac.findUnique({ where: { id }, include });
    const [view] = row === null ? [] : await this.present([row]);
    if (view === undefined) throw new ProblemError('MAC.NOT_FOUND', 'No Mac has this id.');
    return view;
  }

  /** In the order of enrolment. */
  async list(query: PageQuery): Promise<MacPage> {
    const rows = await this.prisma.mac.findMany({
      where: query.cursor === undefined ? {} : { id: { gt: query.cursor } },
      orderBy: { id: 'asc' },
      take: query.limit + 1,
      include,
    });
    return pageFrom(rows, query.limit, (shown) => this.present(shown));
  }

  private async present(rows: readonly MacRow[]): Promise<MacView[]> {
    const runs = await this.viewRuns.latestOfMacs(rows.map((row) => row.id));
    const lastOfPlans = await this.viewRuns.latestOfPlans(
      rows.flatMap((row) => row.plans.map((plan) => plan.id)),
    );
    const now = new Date();
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      slug: row.slug,
      facts: MacFacts.parse(row.facts),
      presence: this.presence.isOnline(row.id, row.lastSeenAt) ? 'online' : 'away',
      lastSeenAt: this.presence.lastSeen(row.id, row.lastSeenAt)?.toISOString() ?? null,
      enrolledAt: row.enrolledAt.toISOString(),
      protection: protectionOf(
        row.plans.map((plan) => ({
          lastSuccessAt: plan.lastSuccessAt,
          lastRunState: lastOfPlans.get(plan.id)?.state ?? null,
        })),
        now,
      ),
      lastSuccessAt: newest(row.plans.map((plan) => plan.lastSuccessAt)),
      activeRun: runs.active.get(row.id) ?? null,
      lastRun: runs.last.get(row.id) ?? null,
    }));
  }
}

function newest(dates: readonly (Date | null)[]): string | null {
  const times = dates.flatMap((date) => (date === null ? [] : [date.getTime()]));
  return times.length === 0 ? null : new Date(Math.max(...times)).toISOString();
}
