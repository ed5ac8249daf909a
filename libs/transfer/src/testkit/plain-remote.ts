import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { makeTempFolder, startSshd, type SshServer, type TempFolder } from '@fleetclone/testing';
import { type SshConfig, writeSshConfig } from '../ssh/ssh-config';
import type { SshTarget } from '../ssh/ssh-target';
import { makeKey } from './gated-remote';

/** A remote Mac without a gate: an sshd, and a credential that may run any command. */
export class PlainRemote {
  private configurations = 0;

  private constructor(
    readonly temp: TempFolder,
    readonly sshd: SshServer,
    readonly target: SshTarget,
  ) {}

  static async start(): Promise<PlainRemote> {
    const temp = await makeTempFolder('plain');
    const identityFile = await makeKey(temp.path, 'credential');
    const publicKey = (await readFile(`${identityFile}.pub`, 'utf8')).trim();
    const authorizedKeysFile = join(temp.path, 'authorized_keys');
    // A forced command, because root is let in with one only.
    await writeFile(
      authorizedKeysFile,
      `restrict,command="eval \\"$SSH_ORIGINAL_COMMAND\\"" ${publicKey}\n`,
      {
        mode: 0o600,
      },
    );
    const sshd = await startSshd({ authorizedKeysFile });
    const target: SshTarget = {
      host: '127.0.0.1',
      port: sshd.port,
      user: userInfo().username,
      hostKeys: [sshd.hostKeyPublic],
      hostKeyAlias: 'backup-mac',
      identityFile,
    };
    return new PlainRemote(temp, sshd, target);
  }

  /** Configuration files in a folder of their own, whose name is as difficult as an attempt's may be. */
  async configure(changes: Partial<SshTarget> = {}): Promise<SshConfig> {
    this.configurations += 1;
    const folder = join(this.temp.path, `attempt's 100% ${this.configurations}`);
    await mkdir(folder);
    return writeSshConfig(folder, { ...this.target, ...changes });
  }

  /** How often somebody logged in so far. */
  async logins(): Promise<number> {
    return [...(await this.sshd.log()).matchAll(/Accepted publickey/g)].length;
  }

  async stop(): Promise<void> {
    await this.sshd.stop();
    await this.temp.remove();
  }
}
