import type { BeginReply } from '@fleetclone/keys';
import {
  buildMirrorArgs,
  type RsyncRunResult,
  runRsync,
  USUAL_SILENCE_TIMEOUT_MS,
} from '@fleetclone/transfer';
import { describeError } from '../errors/describe-error';
import { nextArchiveName } from './archive-name';
import type { AttemptContext } from './attempt-context';
import { presentProgress } from './attempt-end';
import { forgetChild, recordChild } from './child-record';
import type { PreparedAttempt } from './prepare-attempt';
import type { RemoteGate } from './remote-gate';
import { StepFailedError, troubleOfTransfer } from './trouble';

export interface Transfer {
  readonly prepared: PreparedAttempt;
  readonly gate: RemoteGate;
  readonly begun: BeginReply;
  readonly remoteKeepsCreationTimes: boolean;
}

/** Runs rsync once. Resolves when it got through; throws `StepFailedError` when it did not. */
export async function transferOnce(context: AttemptContext, transfer: Transfer): Promise<RsyncRunResult> {
  const { folder, log, signal, onProgress } = context;
  const args = await buildArgs(context, transfer);
  for (const { argument, reason } of args) log.say('info', `rsync ${argument}  (${reason})`);
  let bookkeeping: Promise<() => void> = Promise.resolve(() => undefined);
  try {
    const result = await runRsync({
      binary: transfer.prepared.rsync.binary,
      args,
      folder,
      silenceTimeoutMs: USUAL_SILENCE_TIMEOUT_MS,
      onProgress: (progress) => onProgress(presentProgress(progress)),
      onLog: ({ level, text }) => log.say(level, text),
      onSpawn: ({ pid }) => {
        bookkeeping = watchOver(context, pid);
      },
      signal,
    });
    const trouble = troubleOfTransfer(result.outcome);
    if (trouble !== null) throw new StepFailedError(trouble);
    return result;
  } finally {
    (await bookkeeping)();
    await forgetChild(folder);
  }
}

async function buildArgs(
  context: AttemptContext,
  transfer: Transfer,
): Promise<ReturnType<typeof buildMirrorArgs>> {
  const { order, folder } = context;
  const { prepared, gate, begun } = transfer;
  const { capabilities } = prepared.rsync;
  return buildMirrorArgs({
    sourcePaths: prepared.sourcePaths,
    filterFile: prepared.filterFile,
    archiveName: await nextArchiveName(folder, order.archiveName),
    rsyncPath: gate.rsyncPath,
    moduleRoot: begun.moduleRoot,
    sshConfigFile: prepared.ssh.configFile,
    compression: 'none',
    // Claimed falsely (HFS+ or exFAT at the remote) it costs time; denied falsely, an edit could be missed.
    keepsSubseconds: true,
    capabilities: { ...capabilities, crtimes: capabilities.crtimes && transfer.remoteKeepsCreationTimes },
  });
}

/** Writes the process down for the time after a crash, and holds off sleep; neither may stop a transfer. */
async function watchOver({ folder, log, keepAwake }: AttemptContext, pid: number): Promise<() => void> {
  try {
    await recordChild(folder, pid);
    const hold = await keepAwake(pid);
    log.say('info', `${hold.description}.`);
    return hold.release;
  } catch (error) {
    const why = describeError(error);
    log.say(
      'warn',
      `The transfer could not be noted down or this machine not be kept awake (${why}); it goes on.`,
    );
    return () => undefined;
  }
}
