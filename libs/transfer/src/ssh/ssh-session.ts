import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { TransferCause } from '../cause';
import { killProcessGroup } from '../process/process-group';
import { OutputTail } from '../process/output-tail';
import { SSH_ENVIRONMENT, SSH_PATH, SshMissingError } from './ssh-command';
import { SSH_HOST_ALIAS, type SshConfig, writeSharedSshConfig } from './ssh-config';
import { classifySshFailure, SSH_FAILED } from './ssh-failure';

const KILL_GRACE_MS = 2_000;
const STDERR_LIMIT_BYTES = 16 * 1024;
// A look at the socket costs microseconds; asking with `ssh -O check` costs a process, and tells no earlier.
const POLL_MS = 5;
// TCP and the banner have ConnectTimeout; a key exchange that stalls behind them would hang for ever.
const OPEN_TIMEOUT_MS = 30_000;
// sockaddr_un of macOS holds 104 bytes with the closing NUL, and ssh first binds a name that is 17 characters longer.
const LONGEST_CONTROL_PATH_BYTES = 103 - 17;

export interface OpenSshSessionOptions {
  /** Ends the attempt to connect; a session that is open is ended by `close()` only. */
  readonly signal: AbortSignal;
  /** Where the private folder for the socket is made, if its path is short enough; default is the system's temporary one. */
  readonly controlFolder?: string;
  /** For connecting and logging in; default 30 s. */
  readonly timeoutMs?: number;
}

export type SshSessionOpening =
  | { readonly ending: 'opened'; readonly session: SshSession }
  | { readonly ending: 'failed'; readonly cause: TransferCause; readonly stderr: string }
  | { readonly ending: 'cancelled' };

/** One connection that is kept for all commands of an attempt, by a master process of ssh. */
export interface SshSession {
  /** Leads over the kept connection; when that is gone, each command makes one of its own. */
  readonly config: SshConfig;
  /** Makes a connection of its own for each command: several of those are faster over far links than one. */
  readonly unshared: SshConfig;
  /** Of the master, which leads a process group: for whoever ends it after a crash of ours. */
  readonly pid: number;
  /** Holds the socket and the shared configuration; to be removed after a crash of ours. */
  readonly controlFolder: string;
  isOpen(): boolean;
  /** The end of what the master wrote. Only there stands why a kept connection died. */
  stderrTail(): string;
  /** Ends the master and with it whatever still uses the connection; leaves no process and no folder. May be repeated. */
  close(): Promise<void>;
}

/**
 * Connects and logs in once, for as many commands as there will be (`ControlMaster` of ssh_config(5)). Resolves however
 * that ended; rejects with SshMissingError when ssh cannot be started, and with the file system's own errors.
 */
export async function openSshSession(
  config: SshConfig,
  options: OpenSshSessionOptions,
): Promise<SshSessionOpening> {
  if (options.signal.aborted) return { ending: 'cancelled' };
  const folder = await makeControlFolder(options.controlFolder ?? tmpdir());
  const controlPath = join(folder, 's');
  try {
    const shared = await writeSharedSshConfig(folder, config, controlPath);
    const master = await KeptConnection.start(shared, config, folder, controlPath);
    return await master.untilOpen(options);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Private (0700), directly below the wished folder, or below /tmp when the socket's path would become too long. */
async function makeControlFolder(wished: string): Promise<string> {
  const longest = Buffer.byteLength(join(wished, 'fc-XXXXXX', 's'));
  return mkdtemp(join(longest <= LONGEST_CONTROL_PATH_BYTES ? wished : '/tmp', 'fc-'));
}

class KeptConnection implements SshSession {
  readonly config: SshConfig;
  private readonly stderr = new OutputTail(STDERR_LIMIT_BYTES);
  private hasEnded = false;

  private constructor(
    readonly pid: number,
    master: ChildProcess,
    shared: SshConfig,
    readonly unshared: SshConfig,
    readonly controlFolder: string,
    private readonly controlPath: string,
  ) {
    this.config = { ...shared, masterStderr: () => this.stderrTail() };
    master.stderr?.on('data', (chunk: Buffer) => this.stderr.append(chunk));
    master.once('close', () => {
      this.hasEnded = true;
      // One that was killed leaves its socket, and every command would complain of it.
      rmSync(controlPath, { force: true });
    });
  }

  static async start(
    shared: SshConfig,
    unshared: SshConfig,
    folder: string,
    controlPath: string,
  ): Promise<KeptConnection> {
    const master = spawn(SSH_PATH, ['-M', '-N', '-T', '-F', shared.configFile, '--', SSH_HOST_ALIAS], {
      detached: true,
      env: SSH_ENVIRONMENT,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const { pid } = master;
    if (pid === undefined) {
      const cause = await new Promise<Error>((resolve) => master.once('error', resolve));
      throw new SshMissingError(`${SSH_PATH} could not be started`, { cause });
    }
    return new KeptConnection(pid, master, shared, unshared, folder, controlPath);
  }

  /** The socket gets its name when the login is done and the master listens: ssh binds another one and renames it. */
  async untilOpen({
    signal,
    timeoutMs = OPEN_TIMEOUT_MS,
  }: OpenSshSessionOptions): Promise<SshSessionOpening> {
    const deadline = performance.now() + timeoutMs;
    while (!this.hasEnded && !signal.aborted && performance.now() < deadline) {
      if (existsSync(this.controlPath)) return { ending: 'opened', session: this };
      await pause(POLL_MS);
    }
    const cause = this.hasEnded ? (classifySshFailure(this.stderrTail()) ?? SSH_FAILED) : STALLED;
    await this.close();
    return signal.aborted ? { ending: 'cancelled' } : { ending: 'failed', cause, stderr: this.stderrTail() };
  }

  isOpen(): boolean {
    return !this.hasEnded;
  }

  stderrTail(): string {
    return this.stderr.text();
  }

  async close(): Promise<void> {
    // A master that has ended left nothing of its group behind, and its number may be another's by now.
    if (!this.hasEnded) await killProcessGroup(this.pid, { graceMs: KILL_GRACE_MS });
    await rm(this.controlFolder, { recursive: true, force: true });
  }
}

const STALLED: TransferCause = {
  code: 'SSH.STALLED',
  layer: 'network',
  side: 'path',
  retryable: true,
  message:
    'The remote answered, but the login did not come to an end in time. It may be overloaded, or something between the two Macs (a firewall that inspects ssh, a VPN with too large packets) swallows part of it.',
};
