import { createHash, createPublicKey } from 'node:crypto';
import { InvalidPublicKeyError, WeakPublicKeyError } from './openssh.errors';
import { readSshStrings } from './ssh-wire';

const ECDSA_CURVES = {
  'ecdsa-sha2-nistp256': { name: 'nistp256', crv: 'P-256', bytes: 32 },
  'ecdsa-sha2-nistp384': { name: 'nistp384', crv: 'P-384', bytes: 48 },
  'ecdsa-sha2-nistp521': { name: 'nistp521', crv: 'P-521', bytes: 66 },
} as const;

export type PublicKeyType = 'ssh-ed25519' | 'ssh-rsa' | keyof typeof ECDSA_CURVES;

export interface PublicKey {
  readonly type: PublicKeyType;
  /** The key in the wire format of RFC 4253 §6.6, in canonical base64. */
  readonly blob: string;
  /** What follows the key on its line, perhaps empty. */
  readonly comment: string;
}

const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 16_384; // OpenSSH's own limit

/**
 * Reads one `type base64 [comment]` line, as in a .pub file without its newline. Throws InvalidPublicKeyError for
 * anything else (options, certificates, hardware-backed keys, several lines, damaged or non-canonical blobs) and
 * WeakPublicKeyError for DSA and for RSA below 2048 bits, which sshd itself would accept.
 */
export function parsePublicKey(line: string): PublicKey {
  const match = /^([a-z0-9@.-]+) ([A-Za-z0-9+/]+={0,2})(?: (.*))?$/.exec(line);
  if (match === null || /\p{Cc}/u.test(line)) throw new InvalidPublicKeyError('not a single public key line');
  const [, type = '', blob = '', comment = ''] = match;
  const bytes = Buffer.from(blob, 'base64');
  const fields = bytes.toString('base64') === blob ? readSshStrings(bytes) : undefined;
  if (fields?.[0]?.toString('latin1') !== type) throw new InvalidPublicKeyError('the key is damaged');
  return { type: acceptedType(type, fields.slice(1)), blob, comment };
}

/** OpenSSH's SHA-256 fingerprint (`SHA256:…`) of a public key line. Throws as `parsePublicKey` does. */
export function fingerprintSha256(publicKey: string): string {
  const blob = Buffer.from(parsePublicKey(publicKey).blob, 'base64');
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;
}

function acceptedType(type: string, fields: readonly Buffer[]): PublicKeyType {
  const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = fields;
  switch (type) {
    case 'ssh-dss':
      throw new WeakPublicKeyError('DSA keys are not accepted');
    case 'ssh-ed25519':
      if (fields.length !== 1 || first.length !== 32) throw new InvalidPublicKeyError('the key is damaged');
      return type;
    case 'ssh-rsa':
      if (fields.length !== 2) throw new InvalidPublicKeyError('the key is damaged');
      checkRsa(first, second);
      return type;
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521':
      if (fields.length !== 2) throw new InvalidPublicKeyError('the key is damaged');
      checkEcdsa(type, first, second);
      return type;
    default:
      throw new InvalidPublicKeyError('this kind of key is not supported');
  }
}

function checkRsa(exponent: Buffer, modulus: Buffer): void {
  if (!isPositiveMpint(exponent) || !isPositiveMpint(modulus))
    throw new InvalidPublicKeyError('the key is damaged');
  const bits = BigInt(`0x${modulus.toString('hex')}`).toString(2).length;
  if (bits < MIN_RSA_BITS)
    throw new WeakPublicKeyError(`RSA keys need ${MIN_RSA_BITS} bits, this one has ${bits}`);
  const e = BigInt(`0x${exponent.toString('hex')}`);
  const isOdd = ((modulus.at(-1) ?? 0) & 1) === 1;
  if (bits > MAX_RSA_BITS || !isOdd || e < 3n || e % 2n === 0n)
    throw new InvalidPublicKeyError('the key is damaged');
}

/** RFC 4251 §5: no superfluous leading zero byte, and the top bit is the sign. */
function isPositiveMpint(bytes: Buffer): boolean {
  const [head, next] = bytes;
  if (head === undefined || head >= 0x80) return false;
  return head !== 0 || (next !== undefined && next >= 0x80);
}

function checkEcdsa(type: keyof typeof ECDSA_CURVES, curveName: Buffer, point: Buffer): void {
  const { name, crv, bytes } = ECDSA_CURVES[type];
  if (curveName.toString('latin1') !== name || point.length !== 1 + 2 * bytes || point[0] !== 4) {
    throw new InvalidPublicKeyError('the key is damaged');
  }
  const x = point.subarray(1, 1 + bytes).toString('base64url');
  const y = point.subarray(1 + bytes).toString('base64url');
  try {
    createPublicKey({ key: { kty: 'EC', crv, x, y }, format: 'jwk' });
  } catch (cause) {
    throw new InvalidPublicKeyError('the key is not a point of its curve', { cause });
  }
}
