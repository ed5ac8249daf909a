import type { BeginReply } from '@fleetclone/keys';
import {
  CatalogueStore,
  type LinkMeasurement,
  type Negotiation,
  type TransferSurroundings,
} from '@fleetclone/transfer';
import { release, type } from 'node:os';
import { join } from 'node:path';
import type { AttemptContext } from './attempt-context';
import type { OpenRemote } from './open-remote';
import type { PreparedAttempt } from './prepare-attempt';
import type { RemoteGate } from './remote-gate';

/** What is there once the remote has answered. */
export interface ReadyAttempt {
  readonly prepared: PreparedAttempt;
  readonly remote: OpenRemote;
  readonly gate: RemoteGate;
  readonly begun: BeginReply;
  readonly negotiation: Negotiation;
  readonly link: LinkMeasurement | null;
}

type SameForAll = Omit<
  TransferSurroundings,
  'ahead' | 'nextArchiveName' | 'onProgress' | 'onSpawn' | 'onExit'
>;

/** What the transfer engine works with, whether it is to copy or only to look. */
export function surroundingsOf(context: AttemptContext, ready: ReadyAttempt): SameForAll {
  const { folder, log, signal } = context;
  const { prepared, remote, begun, negotiation, link } = ready;
  const { session } = remote;
  return {
    folder,
    rsync: prepared.rsync,
    negotiation,
    systems: { sourceSystem: `${type()} ${release()}`, remoteSystem: begun.system },
    connections: {
      sharedConfigFile: session.config.configFile,
      ownConfigFile: session.unshared.configFile,
      stderrTail: () => session.stderrTail(),
    },
    link,
    catalogues: cataloguesOf(context),
    now: () => new Date(),
    random: Math.random,
    onLog: ({ level, text }) => log.say(level, text),
    signal,
  };
}

/** The last good states of this plan's destination. */
export function cataloguesOf({ stateFolder, order }: AttemptContext): CatalogueStore {
  return new CatalogueStore(join(stateFolder, 'catalogues', order.plan.id));
}
