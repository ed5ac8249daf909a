import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { makeTempFolder, type SshServer, startSshd, type TempFolder } from '@fleetclone/testing';
import type { DetectedRsync } from '../rsync/detect-rsync';
import { negotiate } from '../rsync/negotiate';
import type { Negotiation, TransferDirection } from '../rsync/negotiation';
import type { RsyncRunResult } from '../rsync/rsync-run';
import { runRsync } from '../rsync/run-rsync';
import { buildTransferArgs } from '../rsync/transfer-args';
import type { TransferArgsInput, TransferMode, TransferPass } from '../rsync/transfer-input';
import { type SshConfig, writeSshConfig } from '../ssh/ssh-config';
import { makeKey } from './gated-remote';

/** One run of rsync between this side and the shell account, as few words as possible. */
export interface ShellTransfer {
  readonly local: DetectedRsync;
  readonly far: DetectedRsync;
  readonly direction: TransferDirection;
  /** The plan's folder, at whichever end receives. */
  readonly folder: string;
  readonly sources?: readonly string[];
  readonly mode?: TransferMode;
  readonly pass?: TransferPass;
  readonly more?: Partial<
    Pick<TransferArgsInput, 'filterFile' | 'compression' | 'maxDelete' | 'isDryRun' | 'isWholeFile'>
  >;
}

/** A remote without a gate: an account whose own shell reads the commands, in a folder where nothing else is. */
export class ShellRemote {
  private runs = 0;

  private constructor(
    readonly temp: TempFolder,
    private readonly sshd: SshServer,
    private readonly ssh: SshConfig,
    /** The working directory of every command; whatever appears in it was run by mistake. */
    readonly home: string,
  ) {}

  /** `shell` is the absolute path of the account's shell, with arguments that come before `-c`. */
  static async start(shell = '/bin/sh'): Promise<ShellRemote> {
    const temp = await makeTempFolder('shell');
    const home = join(temp.path, 'home');
    await mkdir(home);
    const identityFile = await makeKey(temp.path, 'key');
    const publicKey = (await readFile(`${identityFile}.pub`, 'utf8')).trim();
    const authorizedKeysFile = join(temp.path, 'authorized_keys');
    // What sshd does with an account's shell, but for a shell and a folder of our choice.
    const command = `cd '${home}' && exec ${shell} -c \\"$SSH_ORIGINAL_COMMAND\\"`;
    await writeFile(authorizedKeysFile, `restrict,command="${command}" ${publicKey}\n`, { mode: 0o600 });
    const sshd = await startSshd({ authorizedKeysFile });
    const attempt = join(temp.path, "attempt's folder");
    await mkdir(attempt);
    const ssh = await writeSshConfig(attempt, {
      host: '127.0.0.1',
      port: sshd.port,
      user: userInfo().username,
      hostKeys: [sshd.hostKeyPublic],
      hostKeyAlias: 'shell-mac',
      identityFile,
    });
    return new ShellRemote(temp, sshd, ssh, home);
  }

  negotiate({ local, far, direction }: Pick<ShellTransfer, 'local' | 'far' | 'direction'>): Negotiation {
    const system = process.platform === 'darwin' ? 'darwin' : 'linux';
    return negotiate(local, far, {
      direction,
      localSystem: system,
      remoteSystem: system,
      receiverIsRoot: process.getuid?.() === 0,
      destinationFileSystem: null,
    });
  }

  async transfer(options: ShellTransfer): Promise<RsyncRunResult> {
    this.runs += 1;
    const folder = join(this.temp.path, `run ${this.runs}`);
    await mkdir(folder);
    const common = {
      negotiation: this.negotiate(options),
      mode: options.mode ?? { kind: 'mirror', archiveName: `run-${this.runs}` },
      pass: options.pass ?? { kind: 'full' },
      sourcePaths: options.sources ?? [],
      filterFile: null,
      compression: { method: 'none' },
      ...options.more,
    } as const;
    const far = { kind: 'shell', rsyncPath: options.far.binary, sshConfigFile: this.ssh.configFile } as const;
    const args = buildTransferArgs(
      options.direction === 'push'
        ? { ...common, direction: 'push', far: { ...far, folder: options.folder } }
        : { ...common, direction: 'pull', far, destinationFolder: options.folder },
    );
    return runRsync({
      binary: options.local.binary,
      args,
      folder,
      silenceTimeoutMs: 20_000,
      signal: new AbortController().signal,
      onSpawn: () => undefined,
      onProgress: () => undefined,
      onLog: () => undefined,
    });
  }

  async stop(): Promise<void> {
    await this.sshd.stop();
    await this.temp.remove();
  }
}
