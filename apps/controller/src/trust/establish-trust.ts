import type { CredentialAuthorised, CredentialCreated } from '@fleetclone/contracts';
import { Injectable } from '@nestjs/common';
import { recordAudit } from '../audit';
import { ProblemError } from '../platform/http/problem-error';
import { announceFleet, announceOrders } from '../platform/live/announce';
import { type Database, Prisma } from '../platform/prisma/prisma';

/** Finds the credential of a Mac for a remote, or begins to make one: the source makes the pair, the remote lets it in. */
export async function ensureCredential(database: Database, macId: string, remoteId: string): Promise<string> {
  const known = await database.credential.findUnique({
    where: { macId_remoteId: { macId, remoteId } },
    select: { id: true },
  });
  if (known !== null) return known.id;
  const credential = await database.credential.create({ data: { macId, remoteId } });
  await makeDue(database, 'create_credential', credential.id);
  return credential.id;
}

async function makeDue(
  database: Database,
  kind: 'create_credential' | 'authorise_credential',
  subjectId: string,
): Promise<void> {
  await database.outbox.upsert({
    where: { kind_subjectId: { kind, subjectId } },
    create: { kind, subjectId },
    update: { deliveredAt: null },
  });
  await announceOrders(database);
}

/** The steps of trust, as the agents on both sides report them. Reports may come twice. */
@Injectable()
export class EstablishTrust {
  constructor(private readonly prisma: Prisma) {}

  /** The source Mac made the pair: its public half goes on to the remote. */
  async created(macId: string, credentialId: string, report: CredentialCreated): Promise<void> {
    await this.prisma.$transaction(async (database) => {
      const { count } = await database.credential.updateMany({
        where: { id: credentialId, macId, trust: 'creating' },
        data: { publicKey: report.publicKey, trust: 'authorising' },
      });
      if (count === 0) {
        assertBelongs(await database.credential.count({ where: { id: credentialId, macId } }));
        return;
      }
      await recordAudit(database, {
        actor: `agent:${macId}`,
        action: 'credential.create',
        subject: `credential:${credentialId}`,
      });
      await makeDue(database, 'authorise_credential', credentialId);
      await announceFleet(database);
    });
  }

  /** The remote's Mac let the key in, or refused. Only the key that it was asked to let in counts. */
  async authorised(macId: string, credentialId: string, report: CredentialAuthorised): Promise<void> {
    await this.prisma.$transaction(async (database) => {
      const where = { id: credentialId, remote: { macId } };
      const isIn = report.result === 'authorised';
      const { count } = await database.credential.updateMany({
        where: { ...where, trust: 'authorising', ...(isIn && { publicKey: report.publicKey }) },
        data: isIn
          ? { trust: 'authorised', authorisedAt: new Date(), problem: null }
          : { trust: 'refused', problem: report.reason },
      });
      if (count === 0) {
        assertBelongs(await database.credential.count({ where }));
        return;
      }
      const action = isIn ? 'credential.authorise' : 'credential.refuse';
      await recordAudit(database, { actor: `agent:${macId}`, action, subject: `credential:${credentialId}` });
      // Runs may have been waiting for this.
      await announceOrders(database);
      await announceFleet(database);
    });
  }

  /** Asks again, after whatever made the remote refuse was put right. */
  async retry(credentialId: string, actor: string): Promise<void> {
    await this.prisma.$transaction(async (database) => {
      const credential = await database.credential.findUnique({ where: { id: credentialId } });
      if (credential === null) throw new ProblemError('CREDENTIAL.NOT_FOUND', 'No credential has this id.');
      if (credential.trust === 'refused') {
        await database.credential.update({
          where: { id: credentialId },
          data: { trust: 'authorising', problem: null },
        });
        await makeDue(database, 'authorise_credential', credentialId);
        await recordAudit(database, {
          actor,
          action: 'credential.retry',
          subject: `credential:${credentialId}`,
        });
        await announceFleet(database);
      }
    });
  }
}

function assertBelongs(count: number): void {
  if (count === 0)
    throw new ProblemError('CREDENTIAL.NOT_FOUND', 'This Mac has no part in a credential of this id.');
}
