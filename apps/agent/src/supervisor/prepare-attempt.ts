import {
  type DetectedRsync,
  detectRsync,
  type FilterRule,
  patternOfPath,
  planRules,
  RsyncNotFoundError,
} from '@fleetclone/transfer';
import { realpath } from 'node:fs/promises';
import { NotAllowedHereError } from '../orders/order.errors';
import type { AttemptContext } from './attempt-context';
import { lookAtSource } from './check-sources';
import { notAllowedOutcome } from './outcomes';
import { failedFor, StepFailedError } from './trouble';

/** What this Mac has ready before the remote is asked for anything. */
export interface PreparedAttempt {
  readonly rsync: DetectedRsync;
  readonly sourcePaths: readonly string[];
  readonly rules: readonly FilterRule[];
}

/** The part of the preflight that needs no network. Throws `StepFailedError`. */
export async function prepareAttempt(context: AttemptContext): Promise<PreparedAttempt> {
  const { order, log } = context;
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
  return {
    rsync,
    sourcePaths: sources.map(({ path }) => path),
    // The agent's own state never leaves the Mac, whatever a plan says.
    rules: [
      { kind: 'exclude', pattern: patternOfPath(await realpath(context.stateFolder)) },
      ...planRules({ ...order.options, excludes: order.excludes }),
    ],
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
