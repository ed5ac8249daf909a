import { checkFence, checkRunId, encodeGateArgument } from './gate-arguments';

/** Exit status of the gate: another run with this or a greater fence owns the plan, or this one has finished. */
export const GATE_SUPERSEDED = 76;
/** Exit status of the gate: a request that this credential may not make. */
export const GATE_DENIED = 77;
/** Exit status of the gate: the allowed folder does not exist, as when its volume is not mounted. */
export const GATE_NO_ROOT = 78;
/** Exit status of the gate: the plan document is missing, too long or cut off. */
export const GATE_BAD_DOCUMENT = 65;
/** Exit status of the gate: there is no rsync on the remote. */
export const GATE_NO_RSYNC = 69;
/** Exit status of the gate: it cannot write where it must (permissions, full or read-only disk). */
export const GATE_FAILED = 74;
/** Exit status of the gate: a transfer of an older run does not end even when killed; try again later. */
export const GATE_BUSY = 75;

/** Largest plan document `fc begin` takes on its standard input. */
export const GATE_MAX_PLAN_BYTES = 65_536;

export type GateOutcome = 'succeeded' | 'partial' | 'failed' | 'cancelled';

/** One attempt of one run at one plan's folder. */
export interface GateAttempt {
  /** Absolute path at the remote, strictly below one of the credential's allowed folders. */
  readonly planDirectory: string;
  readonly runId: string;
  readonly fence: number;
}

/** The remote commands a gate understands. All throw InvalidGateArgumentError for arguments it would refuse. */
export const gateCommands = {
  probeClock: (): string => 'fc probe clock',
  probeHost: (): string => 'fc probe host',
  /** Expects the plan document (a JSON object) on standard input. */
  begin: (attempt: GateAttempt): string => `fc begin ${encodeAttempt(attempt)}`,
  /** The value of rsync's `--rsync-path` for a destination `host::plan/…`; rsync adds `--server --daemon .`. */
  rsyncPath: (attempt: GateAttempt): string => `fc rsync ${encodeAttempt(attempt)}`,
  finish: (attempt: GateAttempt & { readonly outcome: GateOutcome }): string =>
    `fc finish ${encodeAttempt(attempt)} ${attempt.outcome}`,
} as const;

/** The destination after `host::` for a path relative to the plan's folder, such as `current/`. */
export function moduleDestination(moduleRoot: string, path: string): string {
  return `plan${moduleRoot}/${path}`;
}

/** An absolute path for options such as `--backup-dir`, from a path relative to the plan's folder. */
export function moduleOptionPath(moduleRoot: string, path: string): string {
  return `${moduleRoot}/${path}`;
}

function encodeAttempt({ planDirectory, runId, fence }: GateAttempt): string {
  return `${encodeGateArgument(planDirectory)} ${checkRunId(runId)} ${checkFence(fence)}`;
}
