export {
  authorizedKeysOptions,
  type AuthorizedKeysOptionsInput,
  InvalidAuthorizedKeysOptionError,
} from './authorized-keys/authorized-keys-options';
export { authorizedKeysScript } from './authorized-keys/authorized-keys-script';
export { encodeGateArgument, InvalidGateArgumentError } from './gate/gate-arguments';
export {
  GATE_BAD_DOCUMENT,
  GATE_BUSY,
  GATE_DENIED,
  GATE_FAILED,
  GATE_MAX_PLAN_BYTES,
  GATE_NAME_TAKEN,
  GATE_NO_ROOT,
  GATE_NO_RSYNC,
  GATE_NOT_THERE,
  GATE_PLAN_MODULE,
  GATE_SOURCE_MODULE,
  GATE_SUPERSEDED,
  type GateAttempt,
  gateCommands,
  type GateCopyFolder,
  type GateOutcome,
  type GateSnapshot,
  type GateSourceRequest,
  type GateUnchangedQuestion,
  moduleDestination,
  moduleOptionPath,
} from './gate/gate-commands';
export {
  type BeginReply,
  type CloneReply,
  type GateReply,
  GateReplyError,
  type HostReply,
  parseAlteredReply,
  parseBeginReply,
  parseCloneReply,
  parseGateReply,
  parseHostReply,
  parsePublishReply,
  parseUnchangedReply,
  type PreviousClaim,
  type PublishReply,
  type UnchangedReply,
} from './gate/gate-reply';
export { gateScript, gateVersion } from './gate/gate-script';
export { type CredentialKeyPair, generateCredentialKeyPair } from './openssh/key-pair';
export { knownHostsLine } from './openssh/known-hosts';
export {
  InvalidHostNameError,
  InvalidKeyCommentError,
  InvalidPublicKeyError,
  WeakPublicKeyError,
} from './openssh/openssh.errors';
export { fingerprintSha256, parsePublicKey, type PublicKey, type PublicKeyType } from './openssh/public-key';
