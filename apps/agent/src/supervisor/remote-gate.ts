import {
  type BeginReply,
  gateCommands,
  type GateAttempt,
  type GateOutcome,
  GateReplyError,
  type HostReply,
  parseBeginReply,
  parseHostReply,
} from '@fleetclone/keys';
import { runSshCommand, type SshCommandResult, type SshConfig } from '@fleetclone/transfer';
import { failedFor, StepFailedError, troubleOfCommand } from './trouble';

// `begin` may have to end an older transfer first, and `finish` waits until the destination's disk has everything.
const beginTimeoutMs = 60_000;
const finishTimeoutMs = 300_000;
const probeTimeoutMs = 30_000;

/** The gate of one remote, as one attempt speaks with it. All of it throws `StepFailedError`. */
export class RemoteGate {
  constructor(
    private readonly ssh: SshConfig,
    private readonly attempt: GateAttempt,
  ) {}

  /** Takes possession of the plan's folder; ends older transfers into it. May be called again. */
  async begin(planDocument: string, signal: AbortSignal): Promise<BeginReply> {
    const command = gateCommands.begin(this.attempt);
    const result = await this.ask(command, { stdin: planDocument, timeoutMs: beginTimeoutMs, signal });
    return read(result, parseBeginReply);
  }

  async probeHost(signal: AbortSignal): Promise<HostReply> {
    return read(
      await this.ask(gateCommands.probeHost(), { timeoutMs: probeTimeoutMs, signal }),
      parseHostReply,
    );
  }

  /** What rsync is told to run at the remote. */
  get rsyncPath(): string {
    return gateCommands.rsyncPath(this.attempt);
  }

  /** Gives the plan's folder back. May be called again; the first outcome stays. */
  async finish(gateOutcome: GateOutcome, timeoutMs = finishTimeoutMs): Promise<void> {
    await this.ask(gateCommands.finish({ ...this.attempt, outcome: gateOutcome }), { timeoutMs });
  }

  private async ask(
    command: string,
    options: Parameters<typeof runSshCommand>[2],
  ): Promise<SshCommandResult> {
    const result = await runSshCommand(this.ssh, command, options);
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
