import {
  type CreateRemote,
  type CredentialPage,
  MacFacts,
  type PageQuery,
  type RemotePage,
  type RemoteView,
} from '@fleetclone/contracts';
import { fingerprintSha256 } from '@fleetclone/keys';
import { Injectable } from '@nestjs/common';
import { recordAudit } from '../audit';
import type { RemoteModel } from '../generated/prisma/models/Remote';
import { isWithin } from '../platform/naming/paths';
import { pageFrom } from '../platform/http/page';
import { ProblemError } from '../platform/http/problem-error';
import { announceFleet } from '../platform/live/announce';
import { Prisma } from '../platform/prisma/prisma';

/** Ways to reach Macs. Host keys come from the Mac's own agent, through its enrolled connection, and from nowhere else. */
@Injectable()
export class Remotes {
  constructor(private readonly prisma: Prisma) {}

  async create(request: CreateRemote, actor: string): Promise<RemoteView> {
    return this.prisma.$transaction(async (database) => {
      const mac = await database.mac.findUnique({ where: { id: request.macId } });
      if (mac === null) throw new ProblemError('MAC.NOT_FOUND', 'No Mac has this id.');
      const { ssh, destinationRoots } = MacFacts.parse(mac.facts);
      const host = request.host ?? ssh?.addresses[0];
      if (ssh === null || ssh.hostKeys.length === 0 || host === undefined) {
        throw new ProblemError(
          'MAC.NOT_REACHABLE',
          `The agent of ${mac.name} reports no ssh service: turn Remote Login on.`,
        );
      }
      const outside = request.roots.find(
        (root) => !destinationRoots.some((allowed) => isWithin(root, allowed)),
      );
      if (outside !== undefined) {
        throw new ProblemError(
          'REMOTE.ROOT_NOT_ALLOWED',
          `The agent of ${mac.name} does not take backups in ${outside}.`,
        );
      }
      const remote = await database.remote.create({
        data: {
          name: request.name ?? mac.name,
          macId: mac.id,
          host,
          port: request.port ?? ssh.port,
          user: request.user ?? ssh.user,
          hostKeys: ssh.hostKeys,
          roots: request.roots,
        },
      });
      await recordAudit(database, {
        actor,
        action: 'remote.create',
        subject: `remote:${remote.id}`,
        detail: { macId: mac.id, host },
      });
      await announceFleet(database);
      return presentRemote(remote);
    });
  }

  async list(query: PageQuery): Promise<RemotePage> {
    const rows = await this.prisma.remote.findMany({ ...page(query) });
    return pageFrom(rows, query.limit, (shown) => shown.map(presentRemote));
  }

  async listCredentials(query: PageQuery): Promise<CredentialPage> {
    const rows = await this.prisma.credential.findMany({ ...page(query) });
    return pageFrom(rows, query.limit, (shown) =>
      shown.map((row) => ({
        id: row.id,
        macId: row.macId,
        remoteId: row.remoteId,
        trust: row.trust,
        algorithm: 'ed25519' as const,
        fingerprint: row.publicKey === null ? null : fingerprintSha256(row.publicKey),
        problem: row.problem,
        createdAt: row.createdAt.toISOString(),
        authorisedAt: row.authorisedAt?.toISOString() ?? null,
      })),
    );
  }
}

function page(query: PageQuery) {
  return {
    where: query.cursor === undefined ? {} : { id: { gt: query.cursor } },
    orderBy: { id: 'asc' as const },
    take: query.limit + 1,
  };
}

function presentRemote(row: RemoteModel): RemoteView {
  return {
    id: row.id,
    name: row.name,
    macId: row.macId,
    host: row.host,
    port: row.port,
    user: row.user,
    hostKeys: row.hostKeys.map((publicKey) => ({ publicKey, fingerprint: fingerprintSha256(publicKey) })),
    roots: row.roots,
    createdAt: row.createdAt.toISOString(),
  };
}
