import type { BeginReply, GateOutcome } from '@fleetclone/keys';
import { type ScanAhead, scanAhead, type TransferResult } from '@fleetclone/transfer';
import { setTimeout as pause } from 'node:timers/promises';
import { describeError } from '../errors/describe-error';
import type { AttemptContext } from './attempt-context';
import { type AttemptEnd, endOfPublished, endOfTransfer } from './attempt-end';
import { backUpOnce, type TransferParts } from './back-up-once';
import { describeRemote, negotiateAloud } from './check-remote';
import { measureRemote } from './measure-remote';
import { openRemote, type OpenRemote } from './open-remote';
import { agentFailedOutcome, cancelledOutcome, supersededOutcome } from './outcomes';
import { planOf } from './plan-of';
import { prepareAttempt, type PreparedAttempt } from './prepare-attempt';
import { RemoteGate } from './remote-gate';
import { cataloguesOf } from './transfer-surroundings';
import { failedFor, StepFailedError, troubleOfError } from './trouble';

/** Why an attempt is stopped from outside; the reason of its abort signal. */
export type StopReason = 'cancelled' | 'superseded' | 'stopping';

// Giving the folder back after a failure is a courtesy: a newer attempt takes it anyway.
const courtesyTimeoutMs = 20_000;

/**
 * Carries out one attempt from preflight to end. Gives no end when the agent is stopping: the journal then has the attempt
 * resumed at the next start. Never throws.
 */
export async function runAttempt(context: AttemptContext): Promise<AttemptEnd | undefined> {
  return new AttemptRun(context).execute();
}

/** What is there before the remote was reached. */
type KnownParts = Pick<TransferParts, 'prepared'> & { readonly ahead: ScanAhead };

class AttemptRun {
  private gate: RemoteGate | undefined;
  private remote: OpenRemote | undefined;
  private readonly startedMs = performance.now();

  constructor(private readonly context: AttemptContext) {}

  async execute(): Promise<AttemptEnd | undefined> {
    try {
      return await this.backUp();
    } catch (error) {
      return await this.endAfter(error);
    } finally {
      await this.remote?.close();
    }
  }

  private async backUp(): Promise<AttemptEnd> {
    const { context } = this;
    await context.reach('preflight');
    const prepared = await prepareAttempt(context);
    const result = await this.scanAndCopy(prepared);
    const end =
      result === 'published' ? endOfPublished() : endOfTransfer(result, performance.now() - this.startedMs);
    await context.reach('publishing');
    await this.publish(end.state === 'succeeded' ? 'succeeded' : 'partial');
    if (result !== 'published') await this.settle(result);
    return end;
  }

  /** The source is scanned while the remote is being reached; a later try begins anew. */
  private async scanAndCopy(prepared: PreparedAttempt): Promise<TransferResult | 'published'> {
    const { order, signal } = this.context;
    const stop = new AbortController();
    const ahead = await scanAhead(planOf(order, prepared), cataloguesOf(this.context), {
      now: () => new Date(),
      signal: AbortSignal.any([signal, stop.signal]),
    });
    try {
      return await this.copy({ prepared, ahead });
    } finally {
      stop.abort();
    }
  }

  /** Connects, begins and transfers, again and again while it is only the connection that fails. */
  private async copy(parts: KnownParts): Promise<TransferResult | 'published'> {
    const { patience } = this.context;
    let waits = [...patience.preflightMs];
    let hasBegun = false;
    let ahead: ScanAhead | null = parts.ahead;
    for (;;) {
      try {
        const { gate, remote } = await this.connect();
        const [begun, link] = await Promise.all([this.begin(gate), measureRemote(this.context, remote)]);
        if (!hasBegun) waits = [...patience.resumeMs];
        hasBegun = true;
        if (isPublished(begun, this.context.order.snapshotName)) return 'published';
        return await this.transfer({ ...parts, ahead, remote, gate, begun, link });
      } catch (error) {
        ahead = null;
        await this.waitOrGiveUp(error, waits.shift());
      }
    }
  }

  private async connect(): Promise<{ gate: RemoteGate; remote: OpenRemote }> {
    const { order, log } = this.context;
    const { host, port, user } = order.remote;
    await this.remote?.close();
    log.say('info', `Connecting to ${user}@${host} port ${port}.`);
    const remote = await openRemote(this.context);
    this.remote = remote;
    return { remote, gate: new RemoteGate(this.context, remote) };
  }

  private async begin(gate: RemoteGate): Promise<BeginReply> {
    const { order, log } = this.context;
    log.say('info', `Asking for ${order.planFolder}.`);
    const begun = await gate.begin();
    // From here on there is something to give back.
    this.gate = gate;
    for (const { level, text } of describeRemote(begun)) log.say(level, text);
    return begun;
  }

  private async transfer(parts: Omit<TransferParts, 'negotiation'>): Promise<TransferResult> {
    const { context } = this;
    const negotiation = negotiateAloud(context, parts.prepared.rsync, parts.begun);
    await context.reach('transferring');
    return backUpOnce(context, { ...parts, negotiation });
  }

  /** A copy counts only once the remote has closed it. */
  private async publish(gateOutcome: GateOutcome): Promise<void> {
    const { order, patience } = this.context;
    const waits = [...patience.resumeMs];
    for (;;) {
      try {
        if (order.options.mode === 'snapshots') await this.gate?.publish(order.snapshotName);
        await this.gate?.finish(gateOutcome);
        return;
      } catch (error) {
        await this.waitOrGiveUp(error, waits.shift());
      }
    }
  }

  /** Without it the next run compares everything: no reason to call this one a failure. */
  private async settle(result: TransferResult): Promise<void> {
    try {
      await result.settle();
    } catch (error) {
      this.context.log.say(
        'warn',
        `The state of the copy could not be written down (${describeError(error)}); the next run compares everything.`,
      );
    }
  }

  private async waitOrGiveUp(error: unknown, waitMs: number | undefined): Promise<void> {
    const { signal, log } = this.context;
    signal.throwIfAborted();
    if (!(error instanceof StepFailedError) || !error.trouble.mayPass || waitMs === undefined) throw error;
    const { code, message } = error.trouble.outcome;
    log.say('warn', `${message} (${code}) Trying again in ${Math.round(waitMs / 1000)} s.`);
    await pause(waitMs, undefined, { signal });
  }

  private async endAfter(error: unknown): Promise<AttemptEnd | undefined> {
    const { signal, log, logger } = this.context;
    if (signal.aborted) {
      const reason: unknown = signal.reason;
      if (reason === 'stopping') return undefined;
      // The newer attempt takes the folder over; giving it back would only come too late.
      if (reason === 'superseded') return { state: 'failed', outcome: supersededOutcome, totals: null };
      await this.giveBack('cancelled');
      return { state: 'cancelled', outcome: cancelledOutcome, totals: null };
    }
    await this.giveBack('failed');
    const trouble = troubleOfError(error);
    if (trouble !== null) {
      log.say('error', `${trouble.outcome.message} (${trouble.outcome.code})`);
      return { state: trouble.state, outcome: trouble.outcome, totals: null };
    }
    logger.error({ err: error }, 'an attempt failed in an unexpected way');
    log.say('error', `The agent failed: ${describeError(error)}`);
    return { state: 'failed', outcome: agentFailedOutcome, totals: null };
  }

  private async giveBack(gateOutcome: GateOutcome): Promise<void> {
    try {
      await this.gate?.finish(gateOutcome, courtesyTimeoutMs);
    } catch (error) {
      const why = error instanceof StepFailedError ? error.trouble.outcome.message : describeError(error);
      this.context.log.say('warn', `The plan's folder could not be given back at the remote: ${why}`);
    }
  }
}

/**
 * Whether this very attempt has published its snapshot before. Only an attempt that begins again has nobody before it;
 * another one with the same name, made within the same second, is a reason to come back later.
 */
function isPublished({ latestSnapshot, previous }: BeginReply, snapshotName: string): boolean {
  if (latestSnapshot !== snapshotName) return false;
  if (previous === null) return true;
  throw failedFor({
    code: 'SNAPSHOT.NAME_TAKEN',
    layer: 'volume',
    side: 'remote',
    retryable: true,
    message: `There is a snapshot ${snapshotName} of this plan already. Run again: the next one has a name of its own.`,
  });
}
