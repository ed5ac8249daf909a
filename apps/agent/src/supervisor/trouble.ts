import type { FinalRunState, RunOutcome } from '@fleetclone/contracts';
import { GATE_BUSY, GATE_NO_ROOT, InvalidGateArgumentError } from '@fleetclone/keys';
import {
  classifyGateRefusal,
  FilterPatternError,
  TransferArgsError,
  SourcePathError,
  SshMissingError,
  SshTargetError,
  type SshCommandResult,
  type TransferCause,
  type TransferOutcome,
} from '@fleetclone/transfer';
import { outcome } from './outcomes';

/** Why a step of an attempt did not get through. */
export interface Trouble {
  readonly state: Extract<FinalRunState, 'failed' | 'not-ready'>;
  readonly outcome: RunOutcome;
  /** It is the connection's trouble, so the same step may well get through a little later. */
  readonly mayPass: boolean;
}

/** A step failed in a way that is known; anything else thrown is a mistake of ours. */
export class StepFailedError extends Error {
  override readonly name = 'StepFailedError';
  constructor(readonly trouble: Trouble) {
    super(trouble.outcome.code);
  }
}

/** An end that no further try can change. */
export function failedFor(parts: Parameters<typeof outcome>[0]): StepFailedError {
  return new StepFailedError({ state: 'failed', outcome: outcome(parts), mayPass: false });
}

const notMounted: Trouble = {
  state: 'not-ready',
  mayPass: false,
  outcome: outcome({
    code: 'VOLUME.NOT_MOUNTED',
    layer: 'volume',
    side: 'remote',
    retryable: true,
    message:
      'The destination folder is not there: its disk is probably not attached to the remote. Nothing was written in its place. Attach the disk and run again.',
  }),
};

const connectionLayers: readonly (TransferCause['layer'] | null)[] = ['network', 'ssh', 'name'];
const missingRootCodes: readonly string[] = ['GATE.NO_SUCH_ROOT', 'TRANSFER.ROOT_MISSING'];

/** What kept one of the gate's verbs from working, or null when it worked. */
export function troubleOfCommand(
  result: Pick<SshCommandResult, 'ending' | 'exitCode' | 'cause' | 'stderr'>,
): Trouble | null {
  if (result.ending === 'exited' && result.exitCode === 0) return null;
  if (result.cause !== null) return troubleOfCause(result.cause);
  if (result.exitCode === GATE_NO_ROOT) return notMounted;
  const trouble = troubleOfCause(classifyGateRefusal(result.stderr) ?? noGate);
  return result.exitCode === GATE_BUSY ? { ...trouble, mayPass: true } : trouble;
}

/** What kept a transfer from getting through; null when it did, be it with some files missing. */
export function troubleOfTransfer(
  ended: TransferOutcome,
  explain: (cause: TransferCause) => TransferCause,
): Trouble | null {
  if (ended.result !== 'failed' && ended.result !== 'cancelled') return null;
  const { code, layer, side, retryable, message } = ended;
  if (layer === null || side === null) return troubleOfCause(ended);
  return troubleOfCause(explain({ code, layer, side, retryable, message }));
}

type AnyCause = Pick<TransferOutcome, 'code' | 'layer' | 'side' | 'retryable' | 'message'>;

/** What a cause means for the attempt: its end, or another try. */
export function troubleOfCause({ code, layer, side, retryable, message }: AnyCause): Trouble {
  if (missingRootCodes.includes(code)) return notMounted;
  const mayPass = retryable && connectionLayers.includes(layer);
  return { state: 'failed', outcome: outcome({ code, layer, side, retryable, message }), mayPass };
}

const noGate: TransferCause = {
  code: 'GATE.NOT_UNDERSTOOD',
  layer: 'gate',
  side: 'remote',
  retryable: true,
  message:
    'The remote did not answer as a gate does. Its shell may print text at login, or the gate is damaged; authorise the credential again.',
};

const unusableInput = [
  FilterPatternError,
  InvalidGateArgumentError,
  TransferArgsError,
  SourcePathError,
  SshTargetError,
];

/** What a thrown error means for the attempt; null when it is a mistake of ours. */
export function troubleOfError(error: unknown): Trouble | null {
  if (error instanceof StepFailedError) return error.trouble;
  if (error instanceof SshMissingError) {
    return failedFor({
      code: error.code,
      layer: 'tool',
      side: 'source',
      message: `${error.message}. Install OpenSSH.`,
    }).trouble;
  }
  const unusable = unusableInput
    .map((kind) => (error instanceof kind ? error : undefined))
    .find((found) => found);
  if (unusable === undefined) return null;
  const subject = unusable instanceof SourcePathError ? `${unusable.path} as a source: ` : '';
  const message = `The plan cannot be carried out as it is: ${subject}${unusable.message}. Change the plan.`;
  return failedFor({ code: unusable.code, layer: 'agent', side: 'source', message }).trouble;
}
