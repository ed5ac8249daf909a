import { isIP } from 'node:net';

/** A Mac to be reached over ssh. There is no way to name one without the host keys it must show. */
export interface SshTarget {
  /** A host name, or an IPv4 or IPv6 address (a zone such as `%en0` may follow). */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Public key lines as in `ssh-ed25519 AAAA…`; a comment may follow and is dropped. */
  readonly hostKeys: readonly [string, ...string[]];
  /** The name under which the host keys are pinned: the same Mac keeps it when its address changes. */
  readonly hostKeyAlias: string;
  /** Absolute path of the private key. */
  readonly identityFile: string;
}

/** A target that must not reach ssh: `field` names what is wrong with it. */
export class SshTargetError extends Error {
  override readonly name = 'SshTargetError';
  readonly code = 'SSH.TARGET_INVALID';

  constructor(
    readonly field: keyof SshTarget | 'folder',
    readonly reason: string,
  ) {
    super(`${field} of the ssh target ${reason}`);
  }
}

const HOST_NAME =
  /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\.?$/;
const USER = /^[A-Za-z_][A-Za-z0-9_.-]{0,31}$/;
const ALIAS = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const KEY_LINE =
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)) ([A-Za-z0-9+/]+={0,2})(?: [^\r\n]*)?$/;

/** Throws SshTargetError unless every field may stand in ssh_config(5) and known_hosts without changing anything else there. */
export function checkSshTarget(target: SshTarget): void {
  require(isHost(target.host), 'host', 'must be a host name or an IP address');
  require(Number.isInteger(target.port) &&
    target.port >= 1 &&
    target.port <= 65_535, 'port', 'must be 1 to 65535');
  require(USER.test(target.user), 'user', 'must be an account name');
  require(ALIAS.test(
    target.hostKeyAlias,
  ), 'hostKeyAlias', 'must be letters, digits, dots, hyphens and underscores');
  require(target.hostKeys.length > 0, 'hostKeys', 'must hold at least one key');
  for (const line of target.hostKeys)
    require(KEY_LINE.test(line), 'hostKeys', 'must be OpenSSH public key lines');
  checkConfigPath(target.identityFile, 'identityFile');
}

/**
 * Throws unless ssh_config(5) can hold the path between double quotes: it knows no escape for a quote in older
 * versions, and reads `${…}` as an environment variable.
 */
export function checkConfigPath(path: string, field: 'identityFile' | 'folder'): void {
  require(path.startsWith('/'), field, 'must be an absolute path');
  require(!/["\\\p{Cc}]|\$\{/u.test(
    path,
  ), field, 'must not hold quotes, backslashes, control characters or ${');
}

/** `type base64` of a public key line, without its comment. */
export function bareHostKey(line: string): string {
  const [, type = '', blob = ''] = KEY_LINE.exec(line) ?? [];
  return `${type} ${blob}`;
}

function isHost(host: string): boolean {
  const [address = '', zone, ...more] = host.split('%');
  if (zone === undefined) return isIP(host) !== 0 || HOST_NAME.test(host);
  return more.length === 0 && isIP(address) === 6 && /^[A-Za-z0-9]{1,32}$/.test(zone);
}

function require(condition: boolean, field: keyof SshTarget | 'folder', reason: string): asserts condition {
  if (!condition) throw new SshTargetError(field, reason);
}
