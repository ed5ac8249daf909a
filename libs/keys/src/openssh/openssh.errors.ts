/** The text is not one OpenSSH public key line of a kind we accept. */
export class InvalidPublicKeyError extends Error {
  override readonly name = 'InvalidPublicKeyError';
  readonly code = 'KEYS.INVALID_PUBLIC_KEY';
}

/** A well-formed public key that must not be used any more: DSA, or RSA below 2048 bits. */
export class WeakPublicKeyError extends Error {
  override readonly name = 'WeakPublicKeyError';
  readonly code = 'KEYS.WEAK_PUBLIC_KEY';
}

/** The comment of a key cannot be written in a one-line file. */
export class InvalidKeyCommentError extends Error {
  override readonly name = 'InvalidKeyCommentError';
  readonly code = 'KEYS.INVALID_KEY_COMMENT';
}

/** The name or port of a host cannot be written in a known_hosts file. */
export class InvalidHostNameError extends Error {
  override readonly name = 'InvalidHostNameError';
  readonly code = 'KEYS.INVALID_HOST_NAME';
}
