import {
  type CreatePlan,
  MacFacts,
  type PageQuery,
  type PlanPage,
  type PlanView,
  TransferOptions,
} from '@fleetclone/contracts';
import { Injectable } from '@nestjs/common';
import { recordAudit } from '../audit';
import type { PlanGetPayload } from '../generated/prisma/models/Plan';
import { isWithin, macFolder } from '../platform/naming/paths';
import { freeSlug, slugOf } from '../platform/naming/slug';
import { pageFrom } from '../platform/http/page';
import { ProblemError } from '../platform/http/problem-error';
import { announceFleet } from '../platform/live/announce';
import { type Database, Prisma } from '../platform/prisma/prisma';
import { ViewRuns } from '../runs';
import { ensureCredential } from '../trust';

const include = { mac: true, remote: true, credential: { select: { trust: true } } } as const;
type PlanRow = PlanGetPayload<{ include: typeof include }>;

@Injectable()
export class Plans {
  constructor(
    private readonly prisma: Prisma,
    private readonly viewRuns: ViewRuns,
  ) {}

  /** Records a plan and, when its Mac has none for the remote yet, begins to make the credential. */
  async create(request: CreatePlan, actor: string): Promise<PlanView> {
    const planId = await this.prisma.$transaction(async (database) => {
      await assertPossible(database, request);
      const slug = await chooseSlug(database, request);
      const credentialId = await ensureCredential(database, request.macId, request.remoteId);
      const { id } = await database.plan.create({ data: { ...request, slug, credentialId } });
      await recordAudit(database, {
        actor,
        action: 'plan.create',
        subject: `plan:${id}`,
        detail: { name: request.name },
      });
      await announceFleet(database);
      return id;
    });
    return this.one(planId);
  }

  async one(id: string): Promise<PlanView> {
    const row = await this.prisma.plan.findUnique({ where: { id }, include });
    const [view] = row === null ? [] : await this.present([row]);
    if (view === undefined) throw new ProblemError('PLAN.NOT_FOUND', 'No plan has this id.');
    return view;
  }

  async list(
    query: PageQuery & { readonly macId?: string | undefined; readonly remoteMacId?: string | undefined },
  ): Promise<PlanPage> {
    const rows = await this.prisma.plan.findMany({
      where: {
        ...(query.macId !== undefined && { macId: query.macId }),
        ...(query.remoteMacId !== undefined && { remote: { macId: query.remoteMacId } }),
        ...(query.cursor !== undefined && { id: { gt: query.cursor } }),
      },
      orderBy: { id: 'asc' },
      take: query.limit + 1,
      include,
    });
    return pageFrom(rows, query.limit, (shown) => this.present(shown));
  }

  private async present(rows: readonly PlanRow[]): Promise<PlanView[]> {
    const lastRuns = await this.viewRuns.latestOfPlans(rows.map((row) => row.id));
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      slug: row.slug,
      mac: { id: row.mac.id, name: row.mac.name },
      remote: { id: row.remote.id, name: row.remote.name, macId: row.remote.macId },
      trust: row.credential.trust,
      destinationRoot: row.destinationRoot,
      destinationFolder: `${macFolder(row.destinationRoot, row.mac.slug)}/${row.slug}`,
      sourcePaths: row.sourcePaths,
      excludes: row.excludes,
      options: TransferOptions.parse(row.options),
      createdAt: row.createdAt.toISOString(),
      lastSuccessAt: row.lastSuccessAt?.toISOString() ?? null,
      lastRun: lastRuns.get(row.id) ?? null,
    }));
  }
}

async function assertPossible(database: Database, request: CreatePlan): Promise<void> {
  const mac = await database.mac.findUnique({ where: { id: request.macId } });
  if (mac === null) throw new ProblemError('MAC.NOT_FOUND', 'No Mac has this id.');
  const remote = await database.remote.findUnique({ where: { id: request.remoteId } });
  if (remote === null) throw new ProblemError('REMOTE.NOT_FOUND', 'No remote has this id.');
  if (!remote.roots.includes(request.destinationRoot)) {
    throw new ProblemError('REMOTE.ROOT_NOT_ALLOWED', `${remote.name} allows ${remote.roots.join(', ')}.`);
  }
  const { sourceRoots } = MacFacts.parse(mac.facts);
  const outside = request.sourcePaths.find((path) => !sourceRoots.some((root) => isWithin(path, root)));
  if (outside !== undefined) {
    throw new ProblemError(
      'PLAN.SOURCE_NOT_ALLOWED',
      `The agent of ${mac.name} lets ${sourceRoots.join(', ')} out; ${outside} is not there.`,
    );
  }
}

async function chooseSlug(database: Database, request: CreatePlan): Promise<string> {
  const plans = await database.plan.findMany({
    where: { macId: request.macId },
    select: { slug: true, name: true },
  });
  if (plans.some((plan) => plan.name === request.name)) {
    throw new ProblemError('PLAN.NAME_TAKEN', `Choose another name than ${request.name}.`);
  }
  return freeSlug(slugOf(request.name, 'plan'), new Set(plans.map((plan) => plan.slug)));
}
