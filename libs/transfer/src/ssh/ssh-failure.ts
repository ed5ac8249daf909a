import type { TransferCause } from '../cause';

interface FailureRule {
  readonly pattern: RegExp;
  readonly cause: TransferCause;
}

/**
 * Names the cause of ssh's failure from what it wrote to stderr (LC_ALL=C), or null when none of its known lines is
 * there. Patterns are bound to line starts: a file's name inside one of rsync's messages can never match.
 */
export function classifySshFailure(stderr: string): TransferCause | null {
  return RULES.find(({ pattern }) => pattern.test(stderr))?.cause ?? null;
}

/**
 * The same for an ssh that went over a kept connection. When that connection dies, the client says little or nothing and
 * its master the reason, so both are looked at. What the client says of a connection of its own, made because the kept one
 * was gone, comes first. Never null: what neither can tell is the loss of the kept connection itself.
 */
export function classifySharedSshFailure(clientStderr: string, masterStderr: string): TransferCause {
  return classifySshFailure(clientStderr) ?? classifySshFailure(masterStderr) ?? KEPT_CONNECTION_LOST;
}

/** The cause that ssh itself would have told, for an error code of connect(2) or getaddrinfo(3) in Node's words. */
export function causeOfConnectError(errorCode: string | undefined): TransferCause | null {
  const wanted = errorCode === undefined ? undefined : CONNECT_ERRORS[errorCode];
  return RULES.find(({ cause }) => cause.code === wanted)?.cause ?? null;
}

const CONNECT_ERRORS: Readonly<Partial<Record<string, TransferCause['code']>>> = {
  ENOTFOUND: 'SSH.HOST_UNKNOWN',
  EAI_AGAIN: 'SSH.HOST_UNKNOWN',
  EAI_FAIL: 'SSH.HOST_UNKNOWN',
  ECONNREFUSED: 'SSH.REFUSED',
  EACCES: 'SSH.BLOCKED',
  EPERM: 'SSH.BLOCKED',
  EHOSTUNREACH: 'SSH.UNREACHABLE',
  EHOSTDOWN: 'SSH.UNREACHABLE',
  ENETUNREACH: 'SSH.UNREACHABLE',
  ENETDOWN: 'SSH.UNREACHABLE',
  EADDRNOTAVAIL: 'SSH.UNREACHABLE',
  ETIMEDOUT: 'SSH.TIMED_OUT',
  ECONNRESET: 'SSH.RESET',
};

/** For an exit status 255 that no line explains. */
export const SSH_FAILED: TransferCause = {
  code: 'SSH.FAILED',
  layer: 'ssh',
  side: 'path',
  retryable: true,
  message: 'ssh ended without a connection and without a known reason. Its own words are in the log.',
};

const KEPT_CONNECTION_LOST: TransferCause = {
  code: 'SSH.KEPT_CONNECTION_LOST',
  layer: 'ssh',
  side: 'path',
  retryable: true,
  message:
    'The ssh connection that all parts of this run share ended, and ssh did not say why. It may have been killed on the source Mac.',
};

function rule(
  pattern: RegExp,
  code: `SSH.${string}`,
  [layer, side, retryable]: readonly [TransferCause['layer'], TransferCause['side'], boolean],
  message: string,
): FailureRule {
  return { pattern, cause: { code, layer, side, retryable, message } };
}

// The more telling line first: a missing key file, for one, also ends in "Permission denied".
const RULES: readonly FailureRule[] = [
  rule(
    /^(?:@\s+WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for \S+ has changed)/m,
    'SSH.HOST_KEY_CHANGED',
    ['ssh', 'remote', false],
    'The remote showed another host key than the pinned one, so nothing was sent. Either another Mac answers at this address, or its keys were made anew: compare with what its own agent reports and pin the new key.',
  ),
  rule(
    /^(?:No .* host key is known for|Host key verification failed)/m,
    'SSH.HOST_KEY_UNKNOWN',
    ['ssh', 'remote', false],
    'The remote showed a host key of a kind that is not pinned, so nothing was sent. Pin the host keys that its own agent reports.',
  ),
  rule(
    /^(?:no such identity: |Warning: Identity file .* not accessible)/m,
    'SSH.IDENTITY_MISSING',
    ['agent', 'source', false],
    "The credential's private key is not on the source Mac any more. Make a new credential.",
  ),
  rule(
    /^(?:@\s+WARNING: UNPROTECTED PRIVATE KEY FILE|Bad permissions: ignore key)/m,
    'SSH.IDENTITY_UNPROTECTED',
    ['agent', 'source', false],
    "The credential's private key on the source Mac is readable by others, so ssh refused to use it. Set its mode to 0600.",
  ),
  rule(
    /^Load key ".*": /m,
    'SSH.IDENTITY_UNREADABLE',
    ['agent', 'source', false],
    "The credential's private key on the source Mac cannot be read or is damaged. Make a new credential.",
  ),
  rule(
    /^(?:.*: line \d+: Bad configuration option|.*: terminating, \d+ bad configuration option|Can't open user config file)/m,
    'SSH.CONFIG_REFUSED',
    ['tool', 'source', false],
    "The source Mac's ssh does not accept the connection's settings; it may be too old. Update macOS on the source Mac.",
  ),
  rule(
    /^(?:Received disconnect from .*: |Disconnected from .*: )?Too many authentication failures/m,
    'SSH.TOO_MANY_ATTEMPTS',
    ['ssh', 'remote', false],
    'The remote ended the connection after too many refused keys. Check MaxAuthTries in its sshd configuration.',
  ),
  rule(
    /^(?:[^\s"@]+@[^\s@]+: )?Permission denied \(/m,
    'SSH.AUTH_REFUSED',
    ['ssh', 'remote', false],
    'The remote does not accept this credential. Authorise it there (again), and check that Remote Login allows the account and that root may log in with a key.',
  ),
  rule(
    /^Unable to negotiate with .*: no matching /m,
    'SSH.NO_COMMON_ALGORITHM',
    ['ssh', 'path', false],
    'The two Macs have no ssh algorithm in common: one of them is too old. Update it, or allow an exception for this remote.',
  ),
  rule(
    /^ssh: Could not resolve hostname /m,
    'SSH.HOST_UNKNOWN',
    ['name', 'path', true],
    "The remote's name is not known on the source Mac's network. Check the name, or use its address or its .local name.",
  ),
  rule(
    /^ssh: connect to host .*: Connection refused/m,
    'SSH.REFUSED',
    ['network', 'remote', true],
    'The remote answers, but nothing listens on this port. Turn on Remote Login there, or correct the port.',
  ),
  rule(
    /^ssh: connect to host .*: (?:Permission denied|Operation not permitted)/m,
    'SSH.BLOCKED',
    ['network', 'source', false],
    'The source Mac itself forbids this connection. Check its firewall, VPN and Local Network privacy settings.',
  ),
  rule(
    /^ssh: connect to host .*: (?:No route to host|Network is (?:unreachable|down)|Host is (?:unreachable|down)|Can't assign requested address|Cannot assign requested address)/m,
    'SSH.UNREACHABLE',
    ['network', 'path', true],
    'There is no way from the source Mac to the remote at the moment. It may be off, asleep, or on another network; check the network and VPN.',
  ),
  rule(
    /^Connection timed out during banner exchange|^Connection to \S+ port \d+ timed out/m,
    'SSH.NO_BANNER',
    ['network', 'remote', true],
    'The remote accepted the connection but no ssh service answered in time. It may be overloaded, or a proxy stands between.',
  ),
  rule(
    /^ssh: connect to host .*: (?:Connection|Operation) timed out/m,
    'SSH.TIMED_OUT',
    ['network', 'path', true],
    'The remote did not answer. It may be asleep or off, its address may be wrong, or a firewall drops the packets.',
  ),
  rule(
    /^Timeout, server \S+ not responding/m,
    'SSH.LOST',
    ['network', 'path', true],
    'The connection went dead in the middle. The remote may have gone to sleep or the network changed.',
  ),
  rule(
    /^(?:kex_exchange_identification: |banner exchange: |ssh_exchange_identification: )/m,
    'SSH.CLOSED_EARLY',
    ['ssh', 'remote', true],
    'The remote closed the connection before ssh began. It may have too many logins at once, or another service uses this port.',
  ),
  rule(
    /^(?:Connection reset by |ssh: connect to host .*: Connection reset|Read from remote host .*: Connection reset by peer|client_loop: send disconnect: Connection reset)/m,
    'SSH.RESET',
    ['network', 'path', true],
    'The connection was reset. When it happens each time just after the start, a firewall that inspects ssh stands between and must allow it.',
  ),
  rule(
    /^(?:Connection closed by |Connection to \S+ closed by remote host|client_loop: send disconnect: Broken pipe|Received disconnect from )/m,
    'SSH.CLOSED',
    ['ssh', 'remote', true],
    'The remote closed the connection. Its Remote Login may not allow this account, or it was restarting.',
  ),
];
