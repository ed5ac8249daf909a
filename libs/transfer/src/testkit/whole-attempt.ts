import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  gateCommands,
  type GateAttempt,
  parseAlteredReply,
  parseBeginReply,
  parseCloneReply,
  parseUnchangedReply,
} from '@fleetclone/keys';
import { CatalogueStore } from '../catalogue/catalogue-file';
import { runTransfer } from '../engine/run-transfer';
import type {
  Destination,
  TransferPlan,
  TransferResult,
  TransferSurroundings,
} from '../engine/transfer-request';
import { type DetectedRsync, detectRsync } from '../rsync/detect-rsync';
import { negotiate } from '../rsync/negotiate';
import { parseRsyncVersion } from '../rsync/rsync-version';
import { runSshCommand } from '../ssh/ssh-command';
import type { GatedRemote } from './gated-remote';

export interface AttemptOptions extends Partial<TransferPlan> {
  readonly sources: readonly string[];
  /** Changes what the transfer works with. */
  readonly surroundings?: Partial<TransferSurroundings>;
  /** Changes how the destination answers. */
  readonly destination?: Partial<Destination>;
  /** Acts after the transfer and before the destination closes the attempt. */
  readonly beforeFinish?: () => Promise<void>;
  /** The attempt is left as a killed agent would leave it: nothing after the transfer happens. */
  readonly dies?: 'before-finish' | 'before-settling';
}

export interface Attempt extends TransferResult {
  readonly snapshotName: string;
  readonly log: readonly string[];
}

const platform = process.platform === 'darwin' ? 'darwin' : 'linux';
let detected: Promise<DetectedRsync> | undefined;

/** An agent as far as transfers know one: it claims, copies, publishes, closes and writes down what it knows. */
export class TestAgent {
  readonly catalogueFolder: string;
  private fence = 0;

  constructor(private readonly remote: GatedRemote) {
    this.catalogueFolder = join(remote.temp.path, 'catalogue');
  }

  async attempt(options: AttemptOptions): Promise<Attempt> {
    this.fence += 1;
    const attempt = { planDirectory: this.remote.planFolder, runId: `run-${this.fence}`, fence: this.fence };
    const snapshotName = `snapshot-${String(this.fence).padStart(4, '0')}`;
    const log: string[] = [];
    const begun = parseBeginReply(await this.ask(gateCommands.begin(attempt), '{}\n'));
    detected ??= detectRsync();
    const rsync = await detected;
    const remoteRsync = parseRsyncVersion(begun.rsyncVersionText ?? '');
    if (remoteRsync === null) throw new Error('the remote has no rsync');
    const folder = join(this.remote.attemptFolder, `attempt-${this.fence}`);
    await mkdir(folder);
    let archives = 0;
    const result = await runTransfer(
      planOf(options),
      { ...this.destination(attempt, begun, snapshotName), ...options.destination },
      {
        folder,
        rsync,
        negotiation: negotiate(rsync, remoteRsync, {
          direction: 'push',
          localSystem: platform,
          remoteSystem: platform,
          receiverIsRoot: begun.uid === 0,
          destinationFileSystem: begun.fileSystem,
        }),
        systems: { sourceSystem: begun.system, remoteSystem: begun.system },
        connections: {
          sharedConfigFile: this.remote.ssh.configFile,
          ownConfigFile: this.remote.ssh.configFile,
          stderrTail: () => '',
        },
        link: null,
        ahead: null,
        catalogues: new CatalogueStore(this.catalogueFolder),
        nextArchiveName: () => Promise.resolve(`archive-${this.fence}.${(archives += 1)}`),
        now: () => new Date(),
        random: Math.random,
        onProgress: () => undefined,
        onLog: ({ text }) => log.push(text),
        onSpawn: () => undefined,
        onExit: () => undefined,
        signal: new AbortController().signal,
        ...options.surroundings,
      },
    );
    await options.beforeFinish?.();
    await this.close(attempt, snapshotName, options, result);
    return { ...result, snapshotName, log };
  }

  private async close(
    attempt: GateAttempt,
    snapshotName: string,
    { mode, dies }: AttemptOptions,
    result: TransferResult,
  ): Promise<void> {
    if (dies === 'before-finish') return;
    const ending = result.outcome.result;
    const outcome =
      ending === 'complete' || ending === 'complete-with-warnings'
        ? 'succeeded'
        : ending === 'partial'
          ? 'partial'
          : 'failed';
    if (mode === 'snapshots' && outcome !== 'failed')
      await this.ask(gateCommands.publish({ ...attempt, snapshot: snapshotName }));
    await this.ask(gateCommands.finish({ ...attempt, outcome }));
    if (dies !== 'before-settling') await result.settle();
  }

  private destination(
    attempt: GateAttempt,
    begun: ReturnType<typeof parseBeginReply>,
    snapshotName: string,
  ): Destination {
    return {
      attempt: { runId: attempt.runId, fence: attempt.fence },
      identity: this.remote.planFolder,
      rsyncPath: gateCommands.rsyncPath(attempt),
      moduleRoot: begun.moduleRoot,
      previous: begun.previous,
      latestSnapshot: begun.latestSnapshot,
      hasPartial: begun.hasPartial,
      found: begun.found,
      snapshotName,
      unchanged: async (since, folder) =>
        parseUnchangedReply(await this.ask(gateCommands.unchanged({ ...attempt, since, folder }))),
      altered: async (since, folder) =>
        parseAlteredReply(
          Buffer.from(await this.ask(gateCommands.altered({ ...attempt, since, folder })), 'latin1'),
        ),
      clone: async (snapshot) =>
        parseCloneReply(await this.ask(gateCommands.clone({ ...attempt, snapshot }))),
    };
  }

  private async ask(command: string, stdin = ''): Promise<string> {
    const answer = await runSshCommand(this.remote.ssh, command, { stdin, timeoutMs: 60_000 });
    if (answer.exitCode !== 0) throw new Error(`${command}: ${answer.exitCode} ${answer.stderr}`);
    return answer.stdout.toString('latin1');
  }
}

function planOf({ sources, ...options }: AttemptOptions): TransferPlan {
  return {
    sourcePaths: sources,
    rules: options.rules ?? [],
    isOneFileSystem: options.isOneFileSystem ?? false,
    mode: options.mode ?? 'mirror',
    maxDeletes: options.maxDeletes ?? null,
    streams: options.streams ?? 'auto',
    compression: options.compression ?? 'auto',
    skipCompress: null,
    fullScanEveryMs: options.fullScanEveryMs ?? 7 * 86_400_000,
  };
}
