import { runTransfer, type ScanAhead, type TransferResult } from '@fleetclone/transfer';
import { describeError } from '../errors/describe-error';
import { nextArchiveName } from './archive-name';
import type { AttemptContext } from './attempt-context';
import { presentProgress } from './attempt-end';
import { forgetChild, recordChild } from './child-record';
import { planOf } from './plan-of';
import { type ReadyAttempt, surroundingsOf } from './transfer-surroundings';
import { StepFailedError, troubleOfTransfer } from './trouble';

export interface TransferParts extends ReadyAttempt {
  readonly ahead: ScanAhead | null;
}

/** Copies once. Resolves when it got through; throws `StepFailedError` when it did not. */
export async function backUpOnce(context: AttemptContext, parts: TransferParts): Promise<TransferResult> {
  const { order, folder } = context;
  const { prepared, remote, gate, begun, ahead } = parts;
  const watch = new ChildWatch(context);
  try {
    const result = await runTransfer(planOf(order, prepared), gate.destination(begun), {
      ...surroundingsOf(context, parts),
      ahead,
      nextArchiveName: () => nextArchiveName(folder, order.archiveName),
      onProgress: (progress) => context.onProgress(presentProgress(progress)),
      onSpawn: ({ pid }) => watch.begin(pid),
      onExit: ({ pid }) => watch.end(pid),
    });
    const trouble = troubleOfTransfer(result.outcome, remote.explain);
    if (trouble !== null) throw new StepFailedError(trouble);
    return result;
  } finally {
    await watch.settle();
  }
}

/** Writes processes down for the time after a crash, and holds off sleep; neither may stop a transfer. */
class ChildWatch {
  private readonly underWay = new Map<number, Promise<() => void>>();
  private readonly ending: Promise<void>[] = [];
  private hasSaid = false;

  constructor(private readonly context: AttemptContext) {}

  begin(pid: number): void {
    this.underWay.set(pid, this.watch(pid));
  }

  end(pid: number): void {
    const release = this.underWay.get(pid);
    this.underWay.delete(pid);
    if (release !== undefined) this.ending.push(this.release(pid, release));
  }

  async settle(): Promise<void> {
    for (const pid of [...this.underWay.keys()]) this.end(pid);
    await Promise.all(this.ending);
  }

  private async watch(pid: number): Promise<() => void> {
    const { folder, log, keepAwake } = this.context;
    try {
      await recordChild(folder, pid);
      const hold = await keepAwake(pid);
      if (!this.hasSaid) log.say('info', `${hold.description}.`);
      this.hasSaid = true;
      return hold.release;
    } catch (error) {
      const why = describeError(error);
      log.say(
        'warn',
        `A process could not be noted down or this machine not be kept awake (${why}); it goes on.`,
      );
      return () => undefined;
    }
  }

  private async release(pid: number, release: Promise<() => void>): Promise<void> {
    (await release)();
    await forgetChild(this.context.folder, pid);
  }
}
