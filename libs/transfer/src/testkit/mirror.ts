import { type DetectedRsync, detectRsync } from '../rsync/detect-rsync';
import { writeFilterFile } from '../rsync/filter-file';
import { buildMirrorArgs } from '../rsync/mirror-args';
import type { TransferProgress } from '../rsync/progress-tracker';
import type { RsyncRunResult, RunRsyncOptions } from '../rsync/rsync-run';
import type { RunLogLine } from '../rsync/run-log';
import { runRsync } from '../rsync/run-rsync';
import type { GatedRemote } from './gated-remote';

export interface MirrorOptions {
  readonly sources: readonly string[];
  readonly excludes?: readonly string[];
  readonly archiveName: string;
  readonly keepsSubseconds?: boolean;
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
  const args = buildMirrorArgs({
    sourcePaths: options.sources,
    filterFile: await writeFilterFile(remote.attemptFolder, options.excludes ?? []),
    archiveName: options.archiveName,
    ...gate,
    sshConfigFile: remote.ssh.configFile,
    compression: 'zstd',
    keepsSubseconds: options.keepsSubseconds ?? true,
    capabilities: rsync.capabilities,
    ...(options.bandwidthLimitKiBps !== undefined && { bandwidthLimitKiBps: options.bandwidthLimitKiBps }),
  });
  await options.beforeRsync?.();
  const result = await runRsync({
    binary: options.binary ?? rsync.binary,
    args,
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
