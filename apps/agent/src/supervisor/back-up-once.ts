import type { BeginReply } from '@fleetclone/keys';
import {
  type CatalogueStore,
  type LinkMeasurement,
  type Negotiation,
  runTransfer,
  type ScanAhead,
  type TransferResult,
} from '@fleetclone/transfer';
import { release, type } from 'node:os';
import { describeError } from '../errors/describe-error';
import { nextArchiveName } from './archive-name';
import type { AttemptContext } from './attempt-context';
import { presentProgress } from './attempt-end';
import { forgetChild, recordChild } from './child-record';
import type { OpenRemote } from './open-remote';
import { planOf } from './plan-of';
import type { PreparedAttempt } from './prepare-attempt';
import type { RemoteGate } from './remote-gate';
import { StepFailedError, troubleOfTransfer } from './trouble';

export interface TransferParts {
  readonly prepared: PreparedAttempt;
  readonly remote: OpenRemote;
  readonly gate: RemoteGate;
  readonly begun: BeginReply;
  readonly negotiation: Negotiation;
  readonly link: LinkMeasurement | null;
  readonly catalogues: CatalogueStore;
  readonly ahead: ScanAhead | null;
}

/** Copies once. Resolves when it got through; throws `StepFailedError` when it did not. */
export async function backUpOnce(context: AttemptContext, parts: TransferParts): Promise<TransferResult> {
  const { order, folder, log, signal } = context;
  const { prepared, remote, gate, begun, negotiation, link } = parts;
  const { session } = remote;
  const watch = new ChildWatch(context);
  try {
    const result = await runTransfer(
      planOf(order, prepared),
      gate.destination(begun, identityOf(context), order.snapshotName),
      {
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
        catalogues: parts.catalogues,
        ahead: parts.ahead,
        nextArchiveName: () => nextArchiveName(folder, order.archiveName),
        now: () => new Date(),
        random: Math.random,
        onProgress: (progress) => context.onProgress(presentProgress(progress)),
        onLog: ({ level, text }) => log.say(level, text),
        onSpawn: ({ pid }) => watch.begin(pid),
        onExit: ({ pid }) => watch.end(pid),
        signal,
      },
    );
    const trouble = troubleOfTransfer(result.outcome, remote.explain);
    if (trouble !== null) throw new StepFailedError(trouble);
    return result;
  } finally {
    await watch.settle();
  }
}

/** What a catalogue is about: the remote, by the name that its keys are pinned under, and the folder there. */
function identityOf({ order }: AttemptContext): string {
  return `${order.remote.macId}:${order.planFolder}`;
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
