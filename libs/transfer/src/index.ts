export { type CauseCode, type CauseLayer, type CauseSide, type TransferCause } from './cause';
export { CatalogueStore } from './catalogue/catalogue-file';
export { SourceGoneError } from './catalogue/scan-source';
export { type Preview, type PreviewItem, previewTransfer } from './engine/preview-transfer';
export { runTransfer } from './engine/run-transfer';
export { scanAhead } from './engine/scan-ahead';
export {
  type CopyFolder,
  type Destination,
  type ScanAhead,
  type TransferConnections,
  type TransferPlan,
  type TransferResult,
  type TransferStrategy,
  type TransferSurroundings,
  type UnchangedAnswer,
} from './engine/transfer-request';
export { classifyGateRefusal } from './gate/gate-refusal';
export {
  type BandwidthSchedule,
  BandwidthScheduleError,
  capAt,
  limitsEver,
  nextChangeAfter,
  parseBandwidthSchedule,
} from './link/bandwidth-schedule';
export {
  cappedLink,
  chooseCompression,
  type CompressionChoice,
  type CompressionWish,
} from './link/choose-compression';
export { followSchedule, type ScheduleClock, SYSTEM_CLOCK } from './link/follow-schedule';
export { readLinkCache, writeLinkCache } from './link/link-cache';
export { type LinkMeasurement, measureLink, type MeasureLinkOptions } from './link/measure-link';
export { type Relay, startRelay, throughRelay } from './link/relay';
export { renderSkipCompress, SkipCompressError } from './link/skip-compress';
export { type GroupEnding, killProcessGroup } from './process/process-group';
export { identifyProcess, isSameProcess, type ProcessIdentity } from './process/process-identity';
export {
  type DetectedRsync,
  detectRsync,
  LEAST_RSYNC_VERSION,
  readRsyncVersion,
  RsyncNotFoundError,
} from './rsync/detect-rsync';
export { joinFileErrors, NO_FILE_ERRORS } from './rsync/file-error-list';
export {
  type FileError,
  type FileErrorCount,
  type FileErrorKind,
  type FileErrors,
  parseFileError,
} from './rsync/file-errors';
export {
  createPathMatcher,
  EXCLUSION_GROUPS,
  type ExclusionGroup,
  type ExclusionGroupId,
  FilterPatternError,
  type FilterRule,
  PARTIAL_FOLDER,
  type PathMatcher,
  patternBelow,
  patternOfPath,
  planRules,
  type PlanSelection,
  renderFilterFile,
  writeFilterFile,
} from './filter';
export { negotiate } from './rsync/negotiate';
export {
  type CompressionMethod,
  type Negotiation,
  type NegotiationContext,
  type RsyncFeatures,
  type RsyncSystem,
  type TransferDirection,
  type TransferLoss,
  UnusableRsyncPairError,
} from './rsync/negotiation';
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
export { type RsyncArgument } from './rsync/rsync-argument';
export { decodeRsyncName, displayBytes, type RsyncName } from './rsync/rsync-name';
export { type RsyncRunResult, type RunRsyncOptions, USUAL_SILENCE_TIMEOUT_MS } from './rsync/rsync-run';
export { type RsyncStats } from './rsync/rsync-stats';
export {
  isAtLeast,
  nameRsync,
  parseRsyncVersion,
  type RsyncCapabilities,
  type RsyncFlavour,
  type RsyncVersion,
} from './rsync/rsync-version';
export { type FileErrorFile, type RunLogLine } from './rsync/run-log';
export { runRsync } from './rsync/run-rsync';
export { type SystemPair } from './rsync/system-release';
export { normaliseSourcePaths, SourcePathError } from './rsync/source-paths';
export { buildTransferArgs } from './rsync/transfer-args';
export {
  type FarEnd,
  type FarGate,
  type FarShell,
  TransferArgsError,
  type TransferArgsField,
  type TransferArgsInput,
  type TransferMode,
  type TransferPass,
} from './rsync/transfer-input';
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
