import {
  type DetectedRsync,
  detectRsync,
  RsyncNotFoundError,
  type SshConfig,
  writeFilterFile,
  writeSshConfig,
} from '@fleetclone/transfer';
import { realpath } from 'node:fs/promises';
import { NotAllowedHereError } from '../orders/order.errors';
import type { AttemptContext } from './attempt-context';
import { lookAtSource } from './check-sources';
import { notAllowedOutcome } from './outcomes';
import { excludeOf } from './state-exclude';
import { failedFor, StepFailedError } from './trouble';

/** What this Mac has ready before the remote is asked for anything. */
export interface PreparedAttempt {
  readonly rsync: DetectedRsync;
  readonly sourcePaths: readonly string[];
  readonly filterFile: string;
  readonly ssh: SshConfig;
}

/** The part of the preflight that needs no network. Throws `StepFailedError`. */
export async function prepareAttempt(context: AttemptContext): Promise<PreparedAttempt> {
  const { order, folder, log } = context;
  const rsync = await findRsync();
  log.say('info', `rsync ${rsync.version.join('.')} at ${rsync.binary}.`);
  await checkPolicy(context);
  const sources = await Promise.all(order.sourcePaths.map(lookAtSource));
  for (const { path, isEmptyFolder } of sources) {
    if (isEmptyFolder) log.say('warn', `${path} is empty. If a disk belongs there, it is not attached.`);
  }
  if (process.getuid?.() !== 0) {
    log.say('warn', 'The agent does not run as root: files that its user cannot read will be missing.');
  }
  const { host, port, user, hostKeys, macId } = order.remote;
  const identityFile = context.keyFileOf(order.credentialId);
  return {
    rsync,
    sourcePaths: sources.map(({ path }) => path),
    filterFile: await writeFilterFile(folder, [
      excludeOf(await realpath(context.stateFolder)),
      ...order.excludes,
    ]),
    // The keys are pinned under the Mac's own id, so that they stay with it when its address changes.
    ssh: await writeSshConfig(folder, { host, port, user, hostKeys, hostKeyAlias: macId, identityFile }),
  };
}

async function findRsync(): Promise<DetectedRsync> {
  try {
    return await detectRsync();
  } catch (error) {
    if (!(error instanceof RsyncNotFoundError)) throw error;
    throw failedFor({ code: error.code, layer: 'tool', side: 'source', message: error.message });
  }
}

async function checkPolicy({ order, assertSourcesAllowed }: AttemptContext): Promise<void> {
  try {
    await assertSourcesAllowed(order.sourcePaths);
  } catch (error) {
    if (!(error instanceof NotAllowedHereError)) throw error;
    throw new StepFailedError({ state: 'failed', outcome: notAllowedOutcome(error.message), mayPass: false });
  }
}
