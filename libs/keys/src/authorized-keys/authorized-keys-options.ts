/** A value cannot be written safely in the options of an authorized_keys line. */
export class InvalidAuthorizedKeysOptionError extends Error {
  override readonly name = 'InvalidAuthorizedKeysOptionError';
  readonly code = 'KEYS.INVALID_AUTHORIZED_KEYS_OPTION';
}

export interface AuthorizedKeysOptionsInput {
  /** Absolute path of the gate; it may hold blanks. */
  readonly gateCommand: string;
  readonly credentialId: string;
  /** Addresses, CIDR ranges or host patterns the key may be used from; anywhere when left out. */
  readonly from?: readonly string[];
}

/**
 * The options of a credential's line: no forwarding, no terminal, and the gate as its only command (sshd(8)).
 * `restrict` needs OpenSSH 7.2 (macOS 10.12). Throws InvalidAuthorizedKeysOptionError.
 */
export function authorizedKeysOptions({
  gateCommand,
  credentialId,
  from,
}: AuthorizedKeysOptionsInput): string {
  if (!/^\/[^'"\\\p{Cc}]+$/u.test(gateCommand)) {
    throw new InvalidAuthorizedKeysOptionError(
      'the path of the gate must be absolute, without quotes, backslashes or newlines',
    );
  }
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/.test(credentialId)) {
    throw new InvalidAuthorizedKeysOptionError('a credential id is 1 to 64 of A-Z a-z 0-9 . _ -');
  }
  // sshd hands the command to the user's shell, so a path that is not plain is quoted for it.
  const gate = /^[A-Za-z0-9/._-]+$/.test(gateCommand) ? gateCommand : `'${gateCommand}'`;
  return [
    `restrict,command="${gate} ${credentialId}"`,
    ...(from === undefined ? [] : [fromOption(from)]),
  ].join(',');
}

function fromOption(patterns: readonly string[]): string {
  if (patterns.length === 0 || !patterns.every((pattern) => /^!?[A-Za-z0-9.:/*?_-]+$/.test(pattern))) {
    throw new InvalidAuthorizedKeysOptionError(
      '"from" needs at least one address or host pattern, and nothing else',
    );
  }
  return `from="${patterns.join(',')}"`;
}
