export { type CauseCode, type CauseLayer, type CauseSide, type TransferCause } from './cause';
export { classifyGateRefusal } from './gate/gate-refusal';
export { type GroupEnding, killProcessGroup } from './process/process-group';
export { identifyProcess, isSameProcess, type ProcessIdentity } from './process/process-identity';
export {
  type DetectedRsync,
  detectRsync,
  LEAST_RSYNC_VERSION,
  RsyncNotFoundError,
} from './rsync/detect-rsync';
export { type FileError, type FileErrors, parseFileError } from './rsync/file-errors';
export { ExcludePatternError, PARTIAL_FOLDER, renderFilterFile, writeFilterFile } from './rsync/filter-file';
export {
  buildMirrorArgs,
  MirrorArgsError,
  type MirrorArgsInput,
  type RsyncArgument,
} from './rsync/mirror-args';
export { type RsyncEvent, type RsyncItemEvent, type RsyncProgressEvent } from './rsync/output-lines';
export { createRsyncOutputParser, type RsyncOutputParser } from './rsync/output-parser';
export {
  createProgressTracker,
  type ProgressTracker,
  type ProgressTrackerOptions,
  type TransferPhase,
  type TransferProgress,
} from './rsync/progress-tracker';
export { classifyRsyncExit, type ExitCircumstances, type TransferOutcome } from './rsync/rsync-exit';
export { decodeRsyncName, displayBytes, type RsyncName } from './rsync/rsync-name';
export { type RsyncRunResult, type RunRsyncOptions, USUAL_SILENCE_TIMEOUT_MS } from './rsync/rsync-run';
export { type RsyncStats } from './rsync/rsync-stats';
export { parseRsyncVersion, type RsyncCapabilities, type RsyncVersion } from './rsync/rsync-version';
export { type RunLogLine } from './rsync/run-log';
export { runRsync } from './rsync/run-rsync';
export { normaliseSourcePaths, SourcePathError } from './rsync/source-paths';
export {
  runSshCommand,
  type SshCommandOptions,
  type SshCommandResult,
  SshMissingError,
} from './ssh/ssh-command';
export {
  renderKnownHosts,
  renderSshConfig,
  SSH_HOST_ALIAS,
  type SshConfig,
  writeSshConfig,
} from './ssh/ssh-config';
export { classifySharedSshFailure, classifySshFailure } from './ssh/ssh-failure';
export {
  openSshSession,
  type OpenSshSessionOptions,
  type SshSession,
  type SshSessionOpening,
} from './ssh/ssh-session';
export { checkSshTarget, type SshTarget, SshTargetError } from './ssh/ssh-target';
