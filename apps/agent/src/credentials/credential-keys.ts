import { generateCredentialKeyPair, parsePublicKey } from '@fleetclone/keys';
import { join } from 'node:path';
import { makePrivateFolder, readFileIfAny, replaceFile } from '../config/durable-file';

/** The key pairs of this Mac's own credentials. The private halves are in files for its user alone, and never leave it. */
export class CredentialKeys {
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly folder: string) {}

  /** Where the private half of a credential is. */
  privateKeyFile(credentialId: string): string {
    return join(this.folder, credentialId);
  }

  /** Makes the pair at the first call and finds it later; gives the public half, without comment. */
  ensure(credentialId: string): Promise<string> {
    const made = this.turn.then(() => this.findOrMake(credentialId));
    this.turn = made.catch(() => undefined);
    return made;
  }

  private async findOrMake(credentialId: string): Promise<string> {
    const path = this.privateKeyFile(credentialId);
    const publicPath = `${path}.pub`;
    const known = (await readFileIfAny(path)) === undefined ? undefined : await readFileIfAny(publicPath);
    if (known !== undefined) {
      const { type, blob } = parsePublicKey(known.trim());
      return `${type} ${blob}`;
    }
    await makePrivateFolder(this.folder);
    const pair = await generateCredentialKeyPair(`fleetclone:${credentialId}`);
    // The public half first: where there is a private one, there is also what it belongs to.
    await replaceFile(publicPath, `${pair.publicKey} fleetclone:${credentialId}\n`);
    await replaceFile(path, pair.privateKey);
    return pair.publicKey;
  }
}
