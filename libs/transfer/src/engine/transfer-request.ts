import type {
  AttemptIdentity,
  Catalogue,
  CatalogueStore,
  MissingCatalogue,
} from '../catalogue/catalogue-file';
import type { SourceScan } from '../catalogue/scan-source';
import type { FilterRule } from '../filter';
import type { CompressionWish } from '../link/choose-compression';
import type { LinkMeasurement } from '../link/measure-link';
import type { DetectedRsync } from '../rsync/detect-rsync';
import type { Negotiation } from '../rsync/negotiation';
import type { TransferProgress } from '../rsync/progress-tracker';
import type { FileErrors } from '../rsync/file-errors';
import type { TransferOutcome } from '../rsync/rsync-exit';
import type { RsyncStats } from '../rsync/rsync-stats';
import type { RunLogLine } from '../rsync/run-log';

/** What is to be copied, and how. */
export interface TransferPlan {
  /** Absolute, links followed; see `normaliseSourcePaths`. */
  readonly sourcePaths: readonly string[];
  readonly rules: readonly FilterRule[];
  readonly isOneFileSystem: boolean;
  readonly mode: 'mirror' | 'snapshots';
  /** A run that would delete more entries deletes none; null: any number. */
  readonly maxDeletes: number | null;
  /** Connections at once for large new files. */
  readonly streams: number | 'auto';
  readonly compression: CompressionWish;
  /** Suffixes of files that are not compressed; null: rsync's own list. */
  readonly skipCompress: readonly string[] | null;
  /** How long quick updates may follow each other before everything is compared again. */
  readonly fullScanEveryMs: number;
}

/** A folder of the destination that holds a whole copy. */
export type CopyFolder = 'current' | `snapshots/${string}`;

/** The answer to whether anything at the destination changed since an attempt finished. */
export interface UnchangedAnswer {
  readonly answer: 'yes' | 'no' | 'unknown';
  /** Plain words. */
  readonly reason: string;
}

/** The plan's folder at the remote, claimed for one attempt; whoever speaks with its gate. */
export interface Destination {
  readonly attempt: AttemptIdentity;
  /** Identifies the folder among all: part of what a catalogue depends on. */
  readonly identity: string;
  /** What the remote runs in rsync's place. */
  readonly rsyncPath: string;
  /** What a path of the plan begins with inside the gate's module. */
  readonly moduleRoot: string;
  /** Who had the folder before this attempt, and how that ended. */
  readonly previous: (AttemptIdentity & { readonly outcome: string }) | null;
  readonly latestSnapshot: string | null;
  /** What the snapshot of this attempt will be called. */
  readonly snapshotName: string;
  /** An unpublished snapshot of an earlier attempt is there. */
  readonly hasPartial: boolean;
  /** Nothing, what an attempt left that never came to an end, or a copy that a run succeeded in making. */
  readonly found: 'nothing' | 'unfinished' | 'copy';
  /** Asked once, before anything is sent. */
  unchanged(since: AttemptIdentity, folder: CopyFolder): Promise<UnchangedAnswer>;
  /**
   * Names of what changed at the destination since, seen from the folder, one character per byte; null when there are too
   * many to tell.
   */
  altered(since: AttemptIdentity, folder: CopyFolder): Promise<readonly string[] | null>;
  /** Makes `partial/` a clone of a published snapshot. */
  clone(snapshot: string): Promise<{ readonly method: 'hard-links' | 'clones' }>;
}

/** The connections that rsync may use. */
export interface TransferConnections {
  /** ssh_config with the kept connection, if there is one. */
  readonly sharedConfigFile: string;
  /** ssh_config for a connection of one's own. */
  readonly ownConfigFile: string;
  /** What the kept connection had to say, for the cause of a loss. */
  readonly stderrTail: () => string;
}

/** What can be known of a transfer before the remote was reached. */
export interface ScanAhead {
  readonly catalogue: Catalogue | MissingCatalogue;
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
  /** Compared with the catalogue, if there is one. */
  readonly scan: Promise<SourceScan>;
}

export interface TransferSurroundings {
  /** The attempt's own folder, which must exist. */
  readonly folder: string;
  readonly rsync: DetectedRsync;
  readonly negotiation: Negotiation;
  /** Of both ends, as `uname -sr` tells it: some storms of errors come from one of them being too old. */
  readonly systems: { readonly sourceSystem: string; readonly remoteSystem: string };
  readonly connections: TransferConnections;
  readonly link: LinkMeasurement | null;
  readonly catalogues: CatalogueStore;
  /** What was begun while the remote was being reached, if anything; of this plan and these catalogues. */
  readonly ahead: ScanAhead | null;
  /** A new name below `archive/` at each call: two passes must never keep what they replace in one place. */
  readonly nextArchiveName: () => Promise<string>;
  readonly now: () => Date;
  readonly random: () => number;
  readonly onProgress: (progress: TransferProgress) => void;
  readonly onLog: (line: RunLogLine) => void;
  /** Each process that was started, before it does anything, and when it has ended. */
  readonly onSpawn: (child: { readonly pid: number }) => void;
  readonly onExit: (child: { readonly pid: number }) => void;
  readonly signal: AbortSignal;
}

/** How a transfer went about it. */
export type TransferStrategy = 'quick' | 'full' | 'fallback';

export interface TransferResult {
  readonly outcome: TransferOutcome;
  readonly strategy: TransferStrategy;
  /** Why so, in plain words. */
  readonly strategyReason: string;
  readonly streams: number;
  /** Such as `zstd 3`. */
  readonly compression: string;
  readonly stats: RsyncStats | null;
  readonly fileErrors: FileErrors;
  /** Something stood in the way of deleting, so the copy may hold more than the source. */
  readonly deletionsSkipped: boolean;
  /**
   * Writes down the state that the destination now has, for the next quick update. Only to be called once the
   * destination has closed the attempt as succeeded.
   */
  readonly settle: () => Promise<void>;
}
