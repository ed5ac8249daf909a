import {
  type BeginReply,
  gateCommands,
  type GateAttempt,
  type GateOutcome,
  GateReplyError,
  parseAlteredReply,
  parseBeginReply,
  parseCloneReply,
  parsePublishReply,
  parseUnchangedReply,
} from '@fleetclone/keys';
import { type Destination, runSshCommand, type SshCommandResult } from '@fleetclone/transfer';
import { agentVersion } from '../version';
import type { AttemptContext } from './attempt-context';
import type { OpenRemote } from './open-remote';
import { renderPlanDocument } from './plan-document';
import { failedFor, StepFailedError, troubleOfCause, troubleOfCommand } from './trouble';

// `begin` may have to end an older transfer first; the others walk over whole trees or wait for the destination's disk.
const beginTimeoutMs = 60_000;
const finishTimeoutMs = 300_000;
const walkTimeoutMs = 30 * 60_000;
// The gate stops at a million.
const alteredLimitBytes = 2_000_000;

/** The gate of one remote, as one attempt speaks with it. All of it throws `StepFailedError`. */
export class RemoteGate {
  private readonly attempt: GateAttempt;

  constructor(
    private readonly context: AttemptContext,
    private readonly remote: OpenRemote,
  ) {
    const { runId, fence, planFolder } = context.order;
    this.attempt = { planDirectory: planFolder, runId, fence };
  }

  /** Takes possession of the plan's folder; ends older transfers into it. May be called again. */
  async begin(): Promise<BeginReply> {
    const { order, mac, signal } = this.context;
    const command = gateCommands.begin(this.attempt);
    const stdin = renderPlanDocument(order, mac, agentVersion);
    return read(await this.ask(command, { stdin, timeoutMs: beginTimeoutMs, signal }), parseBeginReply);
  }

  /** The plan's folder as a transfer sees it. */
  destination(begun: BeginReply): Destination {
    const { order, signal } = this.context;
    const { runId, fence, planFolder, snapshotName, remote } = order;
    return {
      attempt: { runId, fence },
      // The remote by the name that its keys are pinned under, which stays when its address changes.
      identity: `${remote.macId}:${planFolder}`,
      rsyncPath: gateCommands.rsyncPath(this.attempt),
      moduleRoot: begun.moduleRoot,
      previous: begun.previous,
      latestSnapshot: begun.latestSnapshot,
      hasPartial: begun.hasPartial,
      found: begun.found,
      snapshotName,
      unchanged: async (since, folder) => {
        const command = gateCommands.unchanged({ ...this.attempt, since, folder });
        return read(await this.ask(command, { timeoutMs: walkTimeoutMs, signal }), parseUnchangedReply);
      },
      altered: async (since, folder) => {
        const command = gateCommands.altered({ ...this.attempt, since, folder });
        const result = await this.ask(command, {
          timeoutMs: walkTimeoutMs,
          maxOutputBytes: alteredLimitBytes,
          signal,
        });
        return read(result, () => parseAlteredReply(result.stdout));
      },
      clone: async (snapshot) => {
        const command = gateCommands.clone({ ...this.attempt, snapshot });
        return read(await this.ask(command, { timeoutMs: walkTimeoutMs, signal }), parseCloneReply);
      },
    };
  }

  /** Makes the snapshot that was copied the newest one of the plan, at once. May be called again. */
  async publish(snapshot: string): Promise<void> {
    const command = gateCommands.publish({ ...this.attempt, snapshot });
    read(await this.ask(command, { timeoutMs: finishTimeoutMs }), parsePublishReply);
  }

  /** Gives the plan's folder back. May be called again; the first outcome stays. */
  async finish(gateOutcome: GateOutcome, timeoutMs = finishTimeoutMs): Promise<void> {
    await this.ask(gateCommands.finish({ ...this.attempt, outcome: gateOutcome }), { timeoutMs });
  }

  private async ask(
    command: string,
    options: Parameters<typeof runSshCommand>[2],
  ): Promise<SshCommandResult> {
    const { session, explain } = this.remote;
    const result = await runSshCommand(session.config, command, options);
    if (result.cause !== null) throw new StepFailedError(troubleOfCause(explain(result.cause)));
    const trouble = troubleOfCommand(result);
    if (trouble !== null) throw new StepFailedError(trouble);
    return result;
  }
}

function read<Reply>(result: SshCommandResult, parse: (text: string) => Reply): Reply {
  try {
    return parse(result.stdout.toString('utf8'));
  } catch (error) {
    if (!(error instanceof GateReplyError)) throw error;
    throw failedFor({
      code: 'GATE.NOT_UNDERSTOOD',
      layer: 'gate',
      side: 'remote',
      message:
        "The remote's gate gave an answer that this agent does not understand. The two Macs' versions may not fit together.",
    });
  }
}
