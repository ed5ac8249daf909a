import { generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { InvalidKeyCommentError } from './openssh.errors';
import { sshString, sshUint32 } from './ssh-wire';

const generate = promisify(generateKeyPair);
const KEY_TYPE = 'ssh-ed25519';

export interface CredentialKeyPair {
  /** PEM-like openssh-key-v1 text, not encrypted: for a file that only its owner can read, and nowhere else. */
  readonly privateKey: string;
  /** `ssh-ed25519 AAAA…`, without a comment. */
  readonly publicKey: string;
}

/** Makes a new Ed25519 pair. Throws InvalidKeyCommentError for a comment with control characters. */
export async function generateCredentialKeyPair(comment: string): Promise<CredentialKeyPair> {
  if (/\p{Cc}/u.test(comment))
    throw new InvalidKeyCommentError('a key comment must be a single line of text');
  const { privateKey } = await generate('ed25519');
  const { seed, point } = rawEd25519(privateKey);
  const publicBlob = Buffer.concat([sshString(KEY_TYPE), sshString(point)]);
  return {
    privateKey: opensshKeyV1(publicBlob, seed, point, comment),
    publicKey: `${KEY_TYPE} ${publicBlob.toString('base64')}`,
  };
}

function rawEd25519(key: KeyObject): { seed: Buffer; point: Buffer } {
  const { d = '', x = '' } = key.export({ format: 'jwk' });
  return { seed: Buffer.from(d, 'base64url'), point: Buffer.from(x, 'base64url') };
}

/** The container of OpenSSH's PROTOCOL.key, with cipher and key derivation "none". */
function opensshKeyV1(publicBlob: Buffer, seed: Buffer, point: Buffer, comment: string): string {
  const check = randomBytes(4);
  const secret = Buffer.concat([
    check,
    check,
    sshString(KEY_TYPE),
    sshString(point),
    sshString(Buffer.concat([seed, point])),
    sshString(comment),
  ]);
  // The block size of cipher "none" is 8; the padding bytes count 1, 2, 3, …
  const padding = Buffer.from(Array.from({ length: -secret.length & 7 }, (_, index) => index + 1));
  const container = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    sshString('none'),
    sshString('none'),
    sshString(''),
    sshUint32(1),
    sshString(publicBlob),
    sshString(Buffer.concat([secret, padding])),
  ]);
  const lines = container.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join(
    '\n',
  );
}
