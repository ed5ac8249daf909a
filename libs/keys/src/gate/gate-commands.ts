import { checkFence, checkRunId, checkSnapshotName, encodeGateArgument } from './gate-arguments';

/** Exit status of the gate: another run with this or a greater fence owns the plan, or this one has finished. */
export const GATE_SUPERSEDED = 76;
/** Exit status of the gate: a request that this credential may not make. */
export const GATE_DENIED = 77;
/** Exit status of the gate: the allowed folder does not exist, as when its volume is not mounted. */
export const GATE_NO_ROOT = 78;
/** Exit status of the gate: the plan document is missing, too long or cut off. */
export const GATE_BAD_DOCUMENT = 65;
/** Exit status of the gate: no such snapshot, nothing to publish, or no such source. */
export const GATE_NOT_THERE = 66;
/** Exit status of the gate: there is no rsync on the remote. */
export const GATE_NO_RSYNC = 69;
/** Exit status of the gate: another attempt has published a snapshot of that name. */
export const GATE_NAME_TAKEN = 73;
/** Exit status of the gate: it cannot write where it must (permissions, full or read-only disk). */
export const GATE_FAILED = 74;
/**
 * Exit status of the gate: a transfer of an older run does not end even when killed, or this attempt itself has a
 * snapshot made or published at the moment; try again later.
 */
export const GATE_BUSY = 75;

/** Largest plan document `fc begin` takes on its standard input. */
export const GATE_MAX_PLAN_BYTES = 65_536;

/** The rsync module that a plan's folder is behind. */
export const GATE_PLAN_MODULE = 'plan';
/** The rsync module of what `fc send` serves: that folder, or the one that holds the file. */
export const GATE_SOURCE_MODULE = 'source';

export type GateOutcome = 'succeeded' | 'partial' | 'failed' | 'cancelled';

/** One attempt of one run at one plan's folder. */
export interface GateAttempt {
  /** Absolute path at the remote, strictly below one of the credential's allowed folders. */
  readonly planDirectory: string;
  readonly runId: string;
  readonly fence: number;
}

/** A folder of a plan that holds a whole copy. */
export type GateCopyFolder = 'current' | `snapshots/${string}`;

/** A snapshot of an attempt's plan, by a plain word. */
export interface GateSnapshot extends GateAttempt {
  readonly snapshot: string;
}

export interface GateUnchangedQuestion extends GateAttempt {
  /** The run whose finish left the marker. */
  readonly since: { readonly runId: string; readonly fence: number };
  readonly folder: GateCopyFolder;
}

export interface GateSourceRequest {
  /** Absolute path at the remote of a folder or file, at or below one that the credential may read. */
  readonly sourcePath: string;
  readonly runId: string;
}

/** The remote commands a gate understands. All throw InvalidGateArgumentError for arguments it would refuse. */
export const gateCommands = {
  probeClock: (): string => 'fc probe clock',
  probeHost: (): string => 'fc probe host',
  /** Says a line, reads its standard input to the end (at most 4 MiB), and says another: for measuring the line. */
  probeSink: (): string => 'fc probe sink',
  /** Expects the plan document (a JSON object) on standard input. */
  begin: (attempt: GateAttempt): string => `fc begin ${encodeAttempt(attempt)}`,
  /** Whether anything was changed at the destination since a run succeeded; to be asked before the first transfer. */
  unchanged: ({ since, folder, ...attempt }: GateUnchangedQuestion): string =>
    `fc unchanged ${encodeAttempt(attempt)} ${checkRunId(since.runId)} ${checkFence(since.fence)} ${checkFolder(folder)}`,
  /** The names of what was changed since, for `parseAlteredReply`; to be asked before the first transfer. */
  altered: ({ since, folder, ...attempt }: GateUnchangedQuestion): string =>
    `fc altered ${encodeAttempt(attempt)} ${checkRunId(since.runId)} ${checkFence(since.fence)} ${checkFolder(folder)}`,
  /** Makes `partial/` anew from a published snapshot; ends transfers of the attempt. */
  clone: ({ snapshot, ...attempt }: GateSnapshot): string =>
    `fc clone ${encodeAttempt(attempt)} ${checkSnapshotName(snapshot)}`,
  /** Gives `partial/` that name, for good; ends transfers of the attempt. May be repeated by the same attempt. */
  publish: ({ snapshot, ...attempt }: GateSnapshot): string =>
    `fc publish ${encodeAttempt(attempt)} ${checkSnapshotName(snapshot)}`,
  /**
   * The value of rsync's `--rsync-path` for reading from `host::source/` (all of a folder) or `host::source/<name>`
   * (a file); rsync adds `--server --daemon .`. Needs no claim.
   */
  send: ({ sourcePath, runId }: GateSourceRequest): string =>
    `fc send ${encodeGateArgument(sourcePath)} ${checkRunId(runId)}`,
  /** The value of rsync's `--rsync-path` for a destination `host::plan/…`; rsync adds `--server --daemon .`. */
  rsyncPath: (attempt: GateAttempt): string => `fc rsync ${encodeAttempt(attempt)}`,
  finish: (attempt: GateAttempt & { readonly outcome: GateOutcome }): string =>
    `fc finish ${encodeAttempt(attempt)} ${attempt.outcome}`,
} as const;

/** The destination after `host::` for a path relative to the plan's folder, such as `current/`. */
export function moduleDestination(moduleRoot: string, path: string): string {
  return `${GATE_PLAN_MODULE}${moduleRoot}/${path}`;
}

/** An absolute path for options such as `--backup-dir`, from a path relative to the plan's folder. */
export function moduleOptionPath(moduleRoot: string, path: string): string {
  return `${moduleRoot}/${path}`;
}

function checkFolder(folder: GateCopyFolder): string {
  if (folder !== 'current') checkSnapshotName(folder.replace(/^snapshots\//, ''));
  return folder;
}

function encodeAttempt({ planDirectory, runId, fence }: GateAttempt): string {
  return `${encodeGateArgument(planDirectory)} ${checkRunId(runId)} ${checkFence(fence)}`;
}
