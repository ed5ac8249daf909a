export {
  AbsolutePath,
  Count,
  DestinationFolder,
  DisplayName,
  Fence,
  FilterPattern,
  HostName,
  IdempotencyKey,
  Instant,
  Port,
  PublicKeyLine,
  reportedText,
  Slug,
  UserName,
} from './primitives';
export { FinalRunState, finalRunStates, isFinalRunState, RunKind, RunState } from './run-state';
export {
  CauseLayer,
  CauseSide,
  FileError,
  RunOutcome,
  RunProgress,
  RunProgressView,
  RunTotals,
  TransferPhase,
  TransferStrategy,
} from './run-outcome';
export { BandwidthText } from './bandwidth-text';
export {
  defaultTransferOptions,
  ExclusionGroupId,
  exclusionGroupIds,
  TransferOptions,
} from './transfer-options';
export {
  AuthoriseCredentialOrder,
  BackupOrder,
  CancelOrder,
  CreateCredentialOrder,
  Order,
  OrderClaims,
  OrderJob,
  type OrderOf,
  orderTokenType,
  type OrderType,
  RemoteTarget,
} from './orders/orders';
export {
  LogLine,
  LogReport,
  ProgressReport,
  ReportBatch,
  ReportReceipt,
  ResultReport,
  RunReport,
  type RunReportType,
  StateReport,
} from './reports/reports';
export { Problem, ProblemCode, problemCodes } from './http/problem';
export { pageOf, PageQuery } from './http/page';
export {
  ApiTokenView,
  CreateApiToken,
  CreatedApiToken,
  Role,
  SessionView,
  SetupRequest,
  SetupStatus,
  SignInRequest,
} from './http/people';
export {
  CreatedEnrolmentToken,
  CreateEnrolmentToken,
  EnrolmentTokenView,
  MacFacts,
  MacPage,
  MacView,
  Platform,
  Presence,
  Protection,
  SshFacts,
} from './http/macs';
export {
  CredentialAuthorised,
  CredentialCreated,
  EnrolReply,
  EnrolRequest,
  Heartbeat,
  HeartbeatReply,
} from './http/agent';
export {
  CreateRemote,
  CredentialPage,
  CredentialView,
  RemotePage,
  RemoteView,
  TrustState,
} from './http/trust';
export { CreatePlan, PlanPage, PlanView } from './http/plans';
export {
  ListRunEventsQuery,
  ListRunsQuery,
  RunEventList,
  RunEventView,
  RunPage,
  RunView,
  SubmitPlanRun,
  SubmitRun,
} from './http/runs';
export { LiveMessage, LiveQuery } from './http/live';
