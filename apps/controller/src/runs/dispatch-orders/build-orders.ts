import { DestinationFolder, type Order, PublicKeyLine, TransferOptions } from '@fleetclone/contracts';
import { macFolder } from '../../platform/naming/paths';
import type { Database } from '../../platform/prisma/prisma';
import { activeRunStates, archiveName } from '../domain/run';
import { stateFromRow } from '../view-runs/run.presenter';

/** An order, for whom it is, and the id under which it is added however often. */
export interface AddressedOrder {
  readonly macId: string;
  readonly orderId: string;
  readonly order: Order;
}

/** Id of the order for one attempt at a run. */
export const runOrderId = (runId: string, fence: number): string => `${runId}.${fence}`;
export const cancelOrderId = (runId: string, fence: number): string => `cancel.${runId}.${fence}`;
export const credentialOrderId = (
  kind: 'create_credential' | 'authorise_credential',
  credentialId: string,
): string => `${kind}.${credentialId}`;

/** The order for a run that is dispatched and not yet taken up; null for any other. */
export async function backupOrder(database: Database, runId: string): Promise<AddressedOrder | null> {
  const run = await database.run.findUnique({
    where: { id: runId },
    include: { plan: { include: { remote: true } }, mac: { select: { slug: true } } },
  });
  if (run?.state !== 'dispatched' || run.dispatchedAt === null) return null;
  const { plan } = run;
  const { remote } = plan;
  const [firstKey, ...otherKeys] = remote.hostKeys.map((key) => PublicKeyLine.parse(key));
  if (firstKey === undefined) return null;
  // One name for both: which of them a run makes is the plan's mode.
  const timeName = archiveName(run.dispatchedAt);
  return {
    macId: run.macId,
    orderId: runOrderId(runId, run.fence),
    order: {
      type: 'backup',
      runId,
      fence: run.fence,
      plan: { id: plan.id, name: plan.name, slug: plan.slug },
      sourcePaths: plan.sourcePaths,
      excludes: plan.excludes,
      options: TransferOptions.parse(plan.options),
      remote: {
        macId: remote.macId,
        host: remote.host,
        port: remote.port,
        user: remote.user,
        hostKeys: [firstKey, ...otherKeys],
      },
      credentialId: plan.credentialId,
      planFolder: DestinationFolder.parse(`${macFolder(plan.destinationRoot, run.mac.slug)}/${plan.slug}`),
      archiveName: timeName,
      snapshotName: timeName,
    },
  };
}

/** The order to stop a run that an agent has or may get; null when there is nothing to stop. */
export async function cancelOrder(database: Database, runId: string): Promise<AddressedOrder | null> {
  const run = await database.run.findUnique({
    where: { id: runId },
    select: { macId: true, fence: true, state: true },
  });
  if (run === null || run.fence === 0) return null;
  const state = stateFromRow(run.state);
  if (state !== 'cancelled' && !(activeRunStates as readonly string[]).includes(state)) return null;
  return {
    macId: run.macId,
    orderId: cancelOrderId(runId, run.fence),
    order: { type: 'cancel', runId, fence: run.fence },
  };
}

/** The order that moves a credential on: to its source Mac to be made, then to the remote's Mac to be let in. */
export async function credentialOrder(
  database: Database,
  kind: 'create_credential' | 'authorise_credential',
  credentialId: string,
): Promise<AddressedOrder | null> {
  const credential = await database.credential.findUnique({
    where: { id: credentialId },
    include: { remote: true, mac: { select: { slug: true } } },
  });
  if (credential === null) return null;
  const orderId = credentialOrderId(kind, credentialId);
  if (kind === 'create_credential') {
    if (credential.trust !== 'creating') return null;
    return { macId: credential.macId, orderId, order: { type: 'create-credential', credentialId } };
  }
  if (credential.trust !== 'authorising' || credential.publicKey === null) return null;
  const roots = credential.remote.roots.map((root) => macFolder(root, credential.mac.slug));
  return {
    macId: credential.remote.macId,
    orderId,
    order: { type: 'authorise-credential', credentialId, publicKey: credential.publicKey, roots },
  };
}
