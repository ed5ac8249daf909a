import type { BeginReply, GateOutcome } from '@fleetclone/keys';
import type { RsyncRunResult } from '@fleetclone/transfer';
import { setTimeout as pause } from 'node:timers/promises';
import { describeError } from '../errors/describe-error';
import { agentVersion } from '../version';
import type { AttemptContext } from './attempt-context';
import { type AttemptEnd, endOfTransfer } from './attempt-end';
import { checkRemoteRsync, describeRemote } from './check-remote';
import { agentFailedOutcome, cancelledOutcome, supersededOutcome } from './outcomes';
import { renderPlanDocument } from './plan-document';
import { prepareAttempt, type PreparedAttempt } from './prepare-attempt';
import { RemoteGate } from './remote-gate';
import { transferOnce } from './transfer-once';
import { StepFailedError, troubleOfError } from './trouble';

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

class AttemptRun {
  private gate: RemoteGate | undefined;
  private readonly startedMs = performance.now();

  constructor(private readonly context: AttemptContext) {}

  async execute(): Promise<AttemptEnd | undefined> {
    const { context } = this;
    try {
      await context.reach('preflight');
      const prepared = await prepareAttempt(context);
      const result = await this.copy(prepared);
      const end = endOfTransfer(result, performance.now() - this.startedMs);
      await context.reach('publishing');
      await this.publish(end.state === 'succeeded' ? 'succeeded' : 'partial');
      return end;
    } catch (error) {
      return await this.endAfter(error);
    }
  }

  /** Begins and transfers, again and again while it is only the connection that fails. */
  private async copy(prepared: PreparedAttempt): Promise<RsyncRunResult> {
    const { order, patience, signal } = this.context;
    const { runId, fence, planFolder } = order;
    const gate = new RemoteGate(prepared.ssh, { planDirectory: planFolder, runId, fence });
    let waits = [...patience.preflightMs];
    for (;;) {
      try {
        const isFirst = this.gate === undefined;
        const begun = await this.begin(gate);
        if (isFirst) waits = [...patience.resumeMs];
        await this.context.reach('transferring');
        const remoteKeepsCreationTimes =
          prepared.rsync.capabilities.crtimes && (await gate.probeHost(signal)).system.startsWith('Darwin');
        return await transferOnce(this.context, { prepared, gate, begun, remoteKeepsCreationTimes });
      } catch (error) {
        await this.waitOrGiveUp(error, waits.shift());
      }
    }
  }

  private async begin(gate: RemoteGate): Promise<BeginReply> {
    const { order, mac, signal, log } = this.context;
    const { host, port, user } = order.remote;
    log.say('info', `Asking the remote at ${user}@${host} port ${port} for ${order.planFolder}.`);
    const begun = await gate.begin(renderPlanDocument(order, mac, agentVersion), signal);
    // From here on there is something to give back.
    this.gate = gate;
    checkRemoteRsync(begun.rsync);
    for (const { level, text } of describeRemote(begun)) log.say(level, text);
    return begun;
  }

  /** A copy counts only once the remote has closed it. */
  private async publish(gateOutcome: GateOutcome): Promise<void> {
    const waits = [...this.context.patience.resumeMs];
    for (;;) {
      try {
        await this.gate?.finish(gateOutcome);
        return;
      } catch (error) {
        await this.waitOrGiveUp(error, waits.shift());
      }
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
