import type { BeginReply } from '@fleetclone/keys';
import { LEAST_RSYNC_VERSION, parseRsyncVersion } from '@fleetclone/transfer';
import { failedFor } from './trouble';

const least = LEAST_RSYNC_VERSION.join('.');

/** Throws `StepFailedError` unless the remote's rsync, by the first line of its `--version`, can take part. */
export function checkRemoteRsync(versionLine: BeginReply['rsync']): void {
  const version = versionLine === undefined ? null : parseRsyncVersion(versionLine);
  if (version?.flavour === 'gnu' && compareVersions(version.version, LEAST_RSYNC_VERSION) >= 0) return;
  throw failedFor({
    code: 'TRANSFER.REMOTE_TOOL_MISSING',
    layer: 'tool',
    side: 'remote',
    message: `The remote needs rsync ${least} or later (found: ${versionLine ?? 'none'}). Install it there with Homebrew or its package manager.`,
  });
}

function compareVersions(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((part, index) => part !== other[index]);
  return at === -1 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}

/** What a person should know of a remote that takes the copy, for the run's log. */
export function describeRemote(
  reply: BeginReply,
): { readonly level: 'info' | 'warn'; readonly text: string }[] {
  const free = `${(reply.freeKib / 1024 / 1024).toFixed(1)} GiB free`;
  const ready = {
    level: 'info',
    text: `The remote is ready: ${free}, ${reply.rsync ?? 'no rsync'}.`,
  } as const;
  if (reply.uid === 0) return [ready];
  const text = `The remote writes as user ${reply.uid}, not as root: owners of files cannot be kept.`;
  return [ready, { level: 'warn', text }];
}
