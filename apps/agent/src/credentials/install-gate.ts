import { authorizedKeysOptions, authorizedKeysScript, gateScript } from '@fleetclone/keys';
import { chmod, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivateFolder, readFileIfAny, replaceFile } from '../config/durable-file';
import { NotAllowedHereError } from '../orders/order.errors';
import { runScript } from '../platform/run-program';

/** Where and how credentials of other Macs are let in on this one. */
export interface GateSite {
  readonly gateFolder: string;
  /** Left out: the `authorized_keys` of the user that the agent runs as. */
  readonly authorizedKeysFile: string | undefined;
}

export interface CredentialToLetIn {
  readonly credentialId: string;
  readonly publicKey: string;
  readonly roots: readonly string[];
}

/** The editor of authorized_keys refused or failed; the message is its own. */
export class AuthorizedKeysError extends Error {
  override readonly name = 'AuthorizedKeysError';
}

/**
 * Lets a public key in, through the gate, to these folders only. The key comes last, when all that confines it is in place. Doing
 * it again changes nothing.
 */
export async function letCredentialIn(site: GateSite, credential: CredentialToLetIn): Promise<void> {
  const { gateFolder } = site;
  const { credentialId, publicKey, roots } = credential;
  await prepareGateFolder(gateFolder);
  const gate = join(gateFolder, 'gate.sh');
  const editor = join(gateFolder, 'authorized-keys.sh');
  await ensureFile(gate, gateScript, 0o755);
  await ensureFile(editor, authorizedKeysScript, 0o755);
  await makePrivateFolder(join(gateFolder, 'credentials'));
  await ensureFile(join(gateFolder, 'credentials', `${credentialId}.roots`), `${roots.join('\n')}\n`, 0o600);
  const options = authorizedKeysOptions({ gateCommand: gate, credentialId });
  const { exitCode, stderr } = await runScript(editor, ['install', credentialId, options, publicKey], {
    ...(site.authorizedKeysFile !== undefined && { FC_AUTHORIZED_KEYS: site.authorizedKeysFile }),
    ...(process.env['HOME'] !== undefined && { HOME: process.env['HOME'] }),
  });
  if (exitCode !== 0) throw new AuthorizedKeysError(stderr.trim() || 'the editor of authorized_keys failed');
}

/** sshd runs what lies here as the user who owns it: nobody else may be able to put something in. */
async function prepareGateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const { uid, mode } = await stat(folder);
  if (process.getuid !== undefined && uid !== process.getuid()) {
    throw new NotAllowedHereError(`${folder} belongs to another user`);
  }
  if ((mode & 0o022) !== 0) await chmod(folder, mode & 0o755);
}

async function ensureFile(path: string, content: string, mode: number): Promise<void> {
  const isSame = (await readFileIfAny(path)) === content && ((await stat(path)).mode & 0o777) === mode;
  if (!isSame) await replaceFile(path, content, { mode });
}
