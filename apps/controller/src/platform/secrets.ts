import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What only this controller knows; kept in files of mode 0600 and never in the database. */
export interface ControllerKeys {
  /** Signs orders. */
  readonly orderKey: KeyObject;
  /** Its public half, pinned by every agent at enrolment. */
  readonly orderPublicJwk: { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string };
  readonly redisPassword: string;
}

/** Reads the controller's own secrets, making what is missing at the first start. */
export async function loadControllerKeys(varFolder: string): Promise<ControllerKeys> {
  const folder = join(varFolder, 'secrets');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const pem = await readOrMake(join(folder, 'order-key.pem'), () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  );
  const redisPassword = await readOrMake(join(folder, 'redis-password'), () =>
    randomBytes(32).toString('base64url'),
  );
  const orderKey = createPrivateKey(pem);
  const { x } = createPublicKey(orderKey).export({ format: 'jwk' });
  if (x === undefined) throw new TypeError('order-key.pem holds no Ed25519 key');
  return { orderKey, orderPublicJwk: { kty: 'OKP', crv: 'Ed25519', x }, redisPassword };
}

async function readOrMake(file: string, make: () => string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const text = make();
  // Another controller starting at the same moment may have been first: then its file counts.
  try {
    await writeFile(file, text, { mode: 0o600, flag: 'wx' });
    return text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readFile(file, 'utf8');
  }
}
