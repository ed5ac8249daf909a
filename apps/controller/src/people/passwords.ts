import { randomBytes } from 'node:crypto';
import { argon2id, argon2Verify } from 'hash-wasm';

/** Argon2id with OWASP's floor: 19 MiB, two passes, one lane. The result is the standard encoded form, parameters included. */
export function hashPassword(password: string): Promise<string> {
  return argon2id({
    password: password.normalize('NFC'),
    salt: randomBytes(16),
    memorySize: 19_456,
    iterations: 2,
    parallelism: 1,
    hashLength: 32,
    outputType: 'encoded',
  });
}

let decoy: Promise<string> | undefined;

/** Takes as long for an account that does not exist (`hash` null) as for one that does, so that time tells nothing. */
export async function isPasswordRight(password: string, hash: string | null): Promise<boolean> {
  decoy ??= hashPassword(randomBytes(16).toString('hex'));
  const matches = await argon2Verify({ password: password.normalize('NFC'), hash: hash ?? (await decoy) });
  return matches && hash !== null;
}
