import { type DetectedRsync, detectRsync } from '../rsync/detect-rsync';
import { writeFilterFile } from '../filter';
import { negotiate } from '../rsync/negotiate';
import type { TransferProgress } from '../rsync/progress-tracker';
import type { RsyncRunResult, RunRsyncOptions } from '../rsync/rsync-run';
import type { RunLogLine } from '../rsync/run-log';
import { type RsyncArgument, buildTransferArgs } from '../rsync/transfer-args';
import { runRsync } from '../rsync/run-rsync';
import type { GatedRemote } from './gated-remote';

export interface MirrorOptions {
  readonly sources: readonly string[];
  readonly excludes?: readonly string[];
  readonly archiveName: string;
  readonly bandwidthLimitKiBps?: number;
  /** A program to run in rsync's place. */
  readonly binary?: string;
  readonly beforeRsync?: () => Promise<unknown>;
  readonly signal?: AbortSignal;
  readonly onSpawn?: RunRsyncOptions['onSpawn'];
  readonly onProgress?: (progress: TransferProgress) => void;
}

export interface MirrorRun extends RsyncRunResult {
  readonly progress: readonly TransferProgress[];
  readonly log: readonly RunLogLine[];
}

let detected: Promise<DetectedRsync> | undefined;
let fences = 0;

/** One whole attempt, as an agent makes it: claim at the gate, filter file, arguments, rsync. */
export async function mirror(remote: GatedRemote, options: MirrorOptions): Promise<MirrorRun> {
  detected ??= detectRsync();
  const rsync = await detected;
  fences += 1;
  const gate = await remote.begin(`run-${fences}`, fences);
  const progress: TransferProgress[] = [];
  const log: RunLogLine[] = [];
  const system = process.platform === 'darwin' ? 'darwin' : 'linux';
  const negotiation = negotiate(rsync, rsync, {
    direction: 'push',
    localSystem: system,
    remoteSystem: system,
    receiverIsRoot: process.getuid?.() === 0,
    destinationFileSystem: null,
  });
  const args = buildTransferArgs({
    negotiation,
    direction: 'push',
    far: { kind: 'gate', ...gate, sshConfigFile: remote.ssh.configFile },
    mode: { kind: 'mirror', archiveName: options.archiveName },
    pass: { kind: 'full' },
    sourcePaths: options.sources,
    compression: { method: 'zstd', level: 3 },
    filterFile: await writeFilterFile(
      remote.attemptFolder,
      (options.excludes ?? []).map((pattern) => ({ kind: 'exclude', pattern })),
      options.sources,
    ),
  });
  await options.beforeRsync?.();
  const result = await runRsync({
    binary: options.binary ?? rsync.binary,
    args: slowed(args, options.bandwidthLimitKiBps),
    folder: remote.attemptFolder,
    silenceTimeoutMs: 60_000,
    signal: options.signal ?? new AbortController().signal,
    onSpawn: options.onSpawn ?? (() => undefined),
    onProgress: (look) => {
      progress.push(look);
      options.onProgress?.(look);
    },
    onLog: (line) => log.push(line),
  });
  return { ...result, progress, log };
}

/** Makes rsync slow enough to be met in the middle. What we ship caps the line, not rsync. */
function slowed(args: readonly RsyncArgument[], limitKiBps: number | undefined): readonly RsyncArgument[] {
  if (limitKiBps === undefined) return args;
  return [{ argument: `--bwlimit=${limitKiBps}`, reason: 'for the test' }, ...args];
}
