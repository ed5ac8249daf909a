import { randomBytes } from 'node:crypto';
import type { EnrolReply, EnrolRequest } from '@fleetclone/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { recordAudit } from '../audit';
import { freeSlug, slugOf } from '../platform/naming/slug';
import { ProblemError } from '../platform/http/problem-error';
import { controllerKeysToken, installationToken, queuePublicUrlToken } from '../platform/injection';
import { announceFleet } from '../platform/live/announce';
import { type Database, Prisma } from '../platform/prisma/prisma';
import { Mailboxes } from '../platform/redis/mailboxes';
import type { ControllerKeys } from '../platform/secrets';
import { hashToken, makeToken } from '../platform/tokens';

/** Takes a Mac into the fleet. A state folder that enrols again keeps its Mac, with new secrets: the old ones end. */
@Injectable()
export class EnrolMac {
  constructor(
    private readonly prisma: Prisma,
    private readonly mailboxes: Mailboxes,
    @Inject(controllerKeysToken) private readonly keys: ControllerKeys,
    @Inject(installationToken) private readonly installation: { readonly controllerId: string },
    @Inject(queuePublicUrlToken) private readonly queuePublicUrl: string,
  ) {}

  async execute(request: EnrolRequest): Promise<EnrolReply> {
    const agentToken = makeToken('agent');
    const queuePassword = randomBytes(32).toString('base64url');
    const secrets = { agentTokenHash: hashToken(agentToken), queuePasswordHash: hashToken(queuePassword) };
    const mac = await this.prisma.$transaction(async (database) => {
      await spendToken(database, request.token);
      const enrolled = await upsertMac(database, request, secrets);
      await recordAudit(database, {
        actor: `agent:${enrolled.id}`,
        action: 'mac.enrol',
        subject: `mac:${enrolled.id}`,
        detail: { name: enrolled.name },
      });
      await announceFleet(database);
      return enrolled;
    });
    await this.mailboxes.admit({ macId: mac.id, passwordSha256: secrets.queuePasswordHash });
    return {
      macId: mac.id,
      name: mac.name,
      controllerId: this.installation.controllerId,
      agentToken,
      queue: { url: this.queuePublicUrl, username: `agent-${mac.id}`, password: queuePassword },
      orderKey: this.keys.orderPublicJwk,
    };
  }
}

/** Takes one use off the token; of two agents racing for the last use, one gets it. */
async function spendToken(database: Database, token: string): Promise<void> {
  const { count } = await database.enrolmentToken.updateMany({
    where: { tokenHash: hashToken(token), usesLeft: { gt: 0 }, expiresAt: { gt: new Date() } },
    data: { usesLeft: { decrement: 1 } },
  });
  if (count === 0)
    throw new ProblemError('AUTH.WRONG_ENROLMENT_TOKEN', 'Ask an admin for a new one: console, Add a Mac.');
}

async function upsertMac(
  database: Database,
  request: EnrolRequest,
  secrets: { readonly agentTokenHash: string; readonly queuePasswordHash: string },
): Promise<{ id: string; name: string }> {
  const { name, instanceId, facts } = request;
  const known = await database.mac.findUnique({ where: { instanceId } });
  if (known !== null)
    return database.mac.update({ where: { instanceId }, data: { name, facts, ...secrets } });
  const slug = slugOf(name, 'mac');
  const taken = await database.mac.findMany({
    where: { slug: { startsWith: slug } },
    select: { slug: true },
  });
  return database.mac.create({
    data: {
      name,
      slug: freeSlug(slug, new Set(taken.map((mac) => mac.slug))),
      instanceId,
      facts,
      ...secrets,
    },
  });
}
