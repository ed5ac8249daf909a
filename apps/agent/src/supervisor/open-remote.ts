import {
  capAt,
  followSchedule,
  limitsEver,
  openSshSession,
  parseBandwidthSchedule,
  type Relay,
  type SshSession,
  type SshTarget,
  startRelay,
  SYSTEM_CLOCK,
  throughRelay,
  type TransferCause,
  writeSshConfig,
} from '@fleetclone/transfer';
import type { AttemptContext } from './attempt-context';
import { forgetChild, recordChild } from './child-record';
import { StepFailedError, troubleOfCause } from './trouble';

/** The way to the remote for one try: a kept ssh connection, through a relay of ours when there is a cap to keep. */
export interface OpenRemote {
  readonly session: SshSession;
  /** What was really the matter when a connection through the relay failed. */
  readonly explain: (cause: TransferCause) => TransferCause;
  /** The cap that holds now, in bytes per second; null for none. */
  capNow(): number | null;
  close(): Promise<void>;
}

/** Connects and logs in. Throws `StepFailedError`, and the signal's reason. */
export async function openRemote(context: AttemptContext): Promise<OpenRemote> {
  const target = sshTargetOf(context);
  const { bandwidth } = context.order.options;
  const schedule = bandwidth === null ? null : parseBandwidthSchedule(bandwidth);
  if (schedule === null || !limitsEver(schedule)) return connect(context, target, null);
  const relay = await startRelay(target, null);
  const unfollow = followSchedule(relay, schedule, SYSTEM_CLOCK);
  const closeRelay = async (): Promise<void> => {
    unfollow();
    await relay.close();
  };
  try {
    const remote = await connect(context, throughRelay(target, relay), relay);
    return {
      ...remote,
      capNow: () => capAt(schedule, new Date()),
      close: async () => {
        await remote.close();
        await closeRelay();
      },
    };
  } catch (error) {
    await closeRelay();
    throw error;
  }
}

function sshTargetOf({ order, keyFileOf }: AttemptContext): SshTarget {
  const { host, port, user, hostKeys, macId } = order.remote;
  // The keys are pinned under the Mac's own id, so that they stay with it when its address changes.
  return { host, port, user, hostKeys, hostKeyAlias: macId, identityFile: keyFileOf(order.credentialId) };
}

async function connect(
  { folder, signal }: AttemptContext,
  target: SshTarget,
  relay: Relay | null,
): Promise<OpenRemote> {
  const explain = (cause: TransferCause): TransferCause => relay?.explain(cause) ?? cause;
  const opening = await openSshSession(await writeSshConfig(folder, target), { signal });
  signal.throwIfAborted();
  if (opening.ending !== 'opened') {
    if (opening.ending === 'failed') throw new StepFailedError(troubleOfCause(explain(opening.cause)));
    throw new Error('a connection was cancelled by nobody');
  }
  const { session } = opening;
  await recordChild(folder, session.pid, session.controlFolder);
  return {
    session,
    explain,
    capNow: () => null,
    close: async () => {
      await session.close();
      await forgetChild(folder, session.pid);
    },
  };
}
