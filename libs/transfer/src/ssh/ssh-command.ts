import { spawn, type ChildProcess } from 'node:child_process';
import type { TransferCause } from '../cause';
import { killProcessGroup } from '../process/process-group';
import { SSH_HOST_ALIAS, type SshConfig } from './ssh-config';
import { classifySharedSshFailure, classifySshFailure, SSH_FAILED } from './ssh-failure';

/** Every platform we serve has it there. */
export const SSH_PATH = '/usr/bin/ssh';
/** All of it: nothing of the agent's own environment reaches ssh, and its messages come in English. */
export const SSH_ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/bin:/bin:/usr/sbin:/sbin' };
const KILL_GRACE_MS = 2_000;
const DRAIN_MS = 2_000;
const STDERR_LIMIT_BYTES = 64 * 1024;

export interface SshCommandOptions {
  /** Sent when it is there; nothing at all is sent while it is awaited. */
  readonly stdin?: string | Buffer | Promise<Buffer>;
  /** For all of it: connecting, the command, its output. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** The command is ended when its stdout grows beyond this; default 1 MiB. */
  readonly maxOutputBytes?: number;
  /** Hands over stdout as it comes, beside keeping it. */
  readonly onStdout?: (chunk: Buffer) => void;
  /** Makes ssh tell what it does (LogLevel DEBUG2), and hands over its stderr as it comes. */
  readonly onDebug?: (chunk: Buffer) => void;
}

export interface SshCommandResult {
  readonly ending: 'exited' | 'timed-out' | 'cancelled' | 'too-much-output';
  /** The remote command's own, or 255 when ssh itself failed; null when a signal ended ssh. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Bytes: names of files need not be UTF-8. */
  readonly stdout: Buffer;
  readonly stderr: string;
  /** Set when ssh itself failed or the time was up; null when the remote command gave its own answer. */
  readonly cause: TransferCause | null;
}

/** The program could not be started at all. */
export class SshMissingError extends Error {
  override readonly name = 'SshMissingError';
  readonly code = 'SSH.TOOL_MISSING';
}

/**
 * Runs one command on the target, without a terminal and without a local shell; the remote side decides how the
 * command string is read. Resolves however the command ended; rejects with SshMissingError when ssh cannot be
 * started, and with RangeError for a command that ssh could read as an option.
 */
export async function runSshCommand(
  config: SshConfig,
  remoteCommand: string,
  options: SshCommandOptions,
): Promise<SshCommandResult> {
  if (!/^[^-\p{Cc}][^\p{Cc}]*$/u.test(remoteCommand))
    throw new RangeError('a remote command must be one line of text');
  if (options.signal?.aborted === true) return nothing('cancelled');
  const debug = options.onDebug === undefined ? [] : ['-o', 'LogLevel=DEBUG2'];
  const args = ['-T', ...debug, '-F', config.configFile, '--', SSH_HOST_ALIAS, remoteCommand];
  const child = spawn(SSH_PATH, args, {
    detached: true,
    env: SSH_ENVIRONMENT,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  return new SshConversation(child, options, config.masterStderr).result;
}

class SshConversation {
  readonly result: Promise<SshCommandResult>;
  private ending: SshCommandResult['ending'] = 'exited';
  private readonly stdout: Buffer[] = [];
  private readonly stderr: Buffer[] = [];
  private stdoutBytes = 0;
  private stderrBytes = 0;
  private drainTimer: NodeJS.Timeout | undefined;
  private readonly cancel = (): void => this.stop('cancelled');

  constructor(
    private readonly child: ChildProcess,
    private readonly options: SshCommandOptions,
    private readonly masterStderr?: () => string,
  ) {
    const timer = setTimeout(() => this.stop('timed-out'), options.timeoutMs);
    options.signal?.addEventListener('abort', this.cancel, { once: true });
    this.drain();
    this.result = this.untilClosed().finally(() => {
      clearTimeout(timer);
      clearTimeout(this.drainTimer);
      options.signal?.removeEventListener('abort', this.cancel);
    });
  }

  private drain(): void {
    const limit = this.options.maxOutputBytes ?? 1024 * 1024;
    this.child.stdout?.on('data', (chunk: Buffer) => {
      if (this.stdoutBytes + chunk.length > limit) this.stop('too-much-output');
      else this.stdout.push(chunk);
      this.stdoutBytes += chunk.length;
      this.options.onStdout?.(chunk);
    });
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.options.onDebug?.(chunk);
      if (this.stderrBytes < STDERR_LIMIT_BYTES) this.stderr.push(chunk);
      this.stderrBytes += chunk.length;
    });
    this.child.stdin?.on('error', () => undefined); // a command may end without reading; its exit tells the story
    void this.send();
  }

  private async send(): Promise<void> {
    const { stdin } = this.options;
    this.child.stdin?.end(stdin instanceof Promise ? await stdin : stdin);
  }

  private untilClosed(): Promise<SshCommandResult> {
    return new Promise((resolve, reject) => {
      this.child.once('error', (cause) => {
        if (this.child.pid === undefined)
          reject(new SshMissingError(`${SSH_PATH} could not be started`, { cause }));
      });
      // The master of a kept connection has copies of this client's outputs, and closes them when the remote has ended
      // its command: an ssh that was stopped does not wait for that, and any other one for a moment only.
      this.child.once('exit', () => {
        this.drainTimer = setTimeout(() => this.closeOutputs(), this.ending === 'exited' ? DRAIN_MS : 0);
      });
      // One turn later: a master that died and took this client with it has said why in the same moment.
      this.child.once('close', (exitCode, signal) => {
        setImmediate(() => resolve(this.describe(exitCode, signal)));
      });
    });
  }

  private closeOutputs(): void {
    this.child.stdout?.destroy();
    this.child.stderr?.destroy();
  }

  private describe(exitCode: number | null, signal: NodeJS.Signals | null): SshCommandResult {
    const stderr = Buffer.concat(this.stderr).subarray(0, STDERR_LIMIT_BYTES).toString('utf8');
    const { ending } = this;
    const cause = ending === 'timed-out' ? TOO_SLOW : exitCode === 255 ? this.failure(stderr) : null;
    return { ending, exitCode, signal, stdout: Buffer.concat(this.stdout), stderr, cause };
  }

  private failure(stderr: string): TransferCause {
    return this.masterStderr === undefined
      ? (classifySshFailure(stderr) ?? SSH_FAILED)
      : classifySharedSshFailure(stderr, this.masterStderr());
  }

  private stop(ending: SshCommandResult['ending']): void {
    if (this.ending !== 'exited' || this.child.pid === undefined) return;
    this.ending = ending;
    void killProcessGroup(this.child.pid, { graceMs: KILL_GRACE_MS });
  }
}

const TOO_SLOW: TransferCause = {
  code: 'SSH.COMMAND_TIMED_OUT',
  layer: 'ssh',
  side: 'path',
  retryable: true,
  message:
    'The remote did not answer a question in time. It may be asleep, overloaded, or the connection stalled.',
};

function nothing(ending: 'cancelled'): SshCommandResult {
  return { ending, exitCode: null, signal: null, stdout: Buffer.alloc(0), stderr: '', cause: null };
}
