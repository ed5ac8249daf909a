import type { BeginReply } from '@fleetclone/keys';
import {
  type DetectedRsync,
  negotiate,
  type Negotiation,
  parseRsyncVersion,
  UnusableRsyncPairError,
} from '@fleetclone/transfer';
import type { AttemptContext } from './attempt-context';
import { failedFor } from './trouble';

interface Line {
  readonly level: 'info' | 'warn';
  readonly text: string;
}

/** What this Mac's rsync and the remote's can do together. Throws `StepFailedError` when that is nothing. */
export function negotiateWith(local: DetectedRsync, begun: BeginReply): Negotiation {
  const remote = begun.rsyncVersionText === undefined ? null : parseRsyncVersion(begun.rsyncVersionText);
  if (remote === null) {
    throw failedFor({
      code: 'TRANSFER.REMOTE_TOOL_MISSING',
      layer: 'tool',
      side: 'remote',
      message: `The remote has no rsync that can be used (found: ${begun.rsync ?? 'none'}). Install it there with Homebrew or its package manager.`,
    });
  }
  try {
    return negotiate(local, remote, {
      direction: 'push',
      localSystem: process.platform === 'darwin' ? 'darwin' : 'linux',
      remoteSystem: begun.system.startsWith('Darwin') ? 'darwin' : 'linux',
      receiverIsRoot: begun.uid === 0,
      destinationFileSystem: begun.fileSystem,
    });
  } catch (error) {
    if (!(error instanceof UnusableRsyncPairError)) throw error;
    throw failedFor(error.transferCause);
  }
}

/** As `negotiateWith`; the run's log tells what came of it. */
export function negotiateAloud(
  { log }: AttemptContext,
  local: DetectedRsync,
  begun: BeginReply,
): Negotiation {
  const negotiation = negotiateWith(local, begun);
  for (const { level, text } of describeNegotiation(negotiation)) log.say(level, text);
  return negotiation;
}

/** What the copy will lack, told before it begins. */
export function describeNegotiation({ level, losses }: Negotiation): readonly Line[] {
  const kept: Line = { level: 'info', text: `Metadata kept: ${level}.` };
  return [
    kept,
    ...losses.map(({ what, why, remedy }): Line => ({
      level: 'warn',
      text: `Not kept: ${what}. ${why} ${remedy}`,
    })),
  ];
}

/** What a person should know of a remote that takes the copy, for the run's log. */
export function describeRemote(reply: BeginReply): readonly Line[] {
  const free = `${(reply.freeKib / 1024 / 1024).toFixed(1)} GiB free`;
  const on = reply.fileSystem === null ? '' : ` on ${reply.fileSystem}`;
  return [{ level: 'info', text: `The remote is ready: ${free}${on}, ${reply.rsync ?? 'no rsync'}.` }];
}
