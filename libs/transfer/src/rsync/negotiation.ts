import type { TransferCause } from '../cause';

export type TransferDirection = 'push' | 'pull';
export type RsyncSystem = 'darwin' | 'linux';
export type CompressionMethod = 'zstd' | 'lz4' | 'zlib';

/** Everything but the two rsyncs that decides what a transfer can carry. */
export interface NegotiationContext {
  readonly direction: TransferDirection;
  readonly localSystem: RsyncSystem;
  readonly remoteSystem: RsyncSystem;
  /** Whoever writes the copy: the remote in a push, this Mac in a pull. */
  readonly receiverIsRoot: boolean;
  /** As mount(8) or `stat -f -c %T` names it; null when nobody could tell. */
  readonly destinationFileSystem: string | null;
}

/** What both rsyncs know, and so may be asked for. */
export interface RsyncFeatures {
  readonly acls: boolean;
  /** `gnu`: `--xattrs`; `apple`: `-E`, which carries ACLs as well, and on GNU means something else entirely. */
  readonly attributes: 'gnu' | 'apple' | 'none';
  /** Rules that name extended attributes. */
  readonly attributeFilters: boolean;
  readonly crtimes: boolean;
  readonly fileFlags: boolean;
  readonly noIncRecursive: boolean;
  /** `after`: last of all; `plain`: when rsync sees fit; `none`: what is gone from the source stays in the copy. */
  readonly deletion: 'after' | 'plain' | 'none';
  /** New files can be put in place together, at the end. */
  readonly delayUpdates: boolean;
  /** Files that are one stay one also where they are linked to those of an earlier snapshot. */
  readonly hardLinksInSnapshots: boolean;
  readonly deleteMissingArgs: boolean;
  /** Both say how they compress and let one choose. */
  readonly compressChoice: boolean;
  readonly skipCompress: boolean;
  /** Checksums of the xxhash family, several times faster than MD5. */
  readonly fastChecksums: boolean;
  readonly mkpath: boolean;
  /** `whole`: of the run, by newer options; `whole-plain`: of the run, the remote knows older options; `files`: of each file. */
  readonly progress: 'whole' | 'whole-plain' | 'files';
  /** Options that make our quotes be the only ones. */
  readonly pathOptions: readonly string[];
  /** A daemon at the remote takes the values of options literally, with the backslashes that we escape them with. */
  readonly escapedOptionsStay: boolean;
}

/** Something that a copy or a run will lack, in plain words. */
export interface TransferLoss {
  /** A noun: what is not kept, or not there. */
  readonly what: string;
  /** A sentence: because of what, and at which end. */
  readonly why: string;
  /** A sentence: what would have to change. */
  readonly remedy: string;
}

/** What a pair of rsyncs can do for one transfer. */
export interface Negotiation {
  readonly direction: TransferDirection;
  /** Both ends run macOS. */
  readonly areMacs: boolean;
  /** What is missing of a Mac's metadata in one line: `full`, `no ACLs or extended attributes`, … */
  readonly level: 'full' | `no ${string}`;
  /** Everything that the copy or the run will lack, to be told before it begins. */
  readonly losses: readonly TransferLoss[];
  /**
   * Times are kept and compared to the nanosecond, so that an edit that leaves size and second alone is noticed. False
   * where the destination's file system or one of the two rsyncs knows whole seconds only.
   */
  readonly keepsSubseconds: boolean;
  /** Times may differ so much and still be the same: rsync's `--modify-window`; -1 means to the nanosecond. */
  readonly modifyWindowSeconds: -1 | 0 | 1;
  /** Names of changed entries can be sent instead of comparing everything. */
  readonly canListChanges: boolean;
  /** Methods that both ends have, best first. */
  readonly compressions: readonly CompressionMethod[];
  readonly features: RsyncFeatures;
}

/** No transfer is possible between these two; `transferCause` tells which one is at fault and what to install. */
export class UnusableRsyncPairError extends Error {
  override readonly name = 'UnusableRsyncPairError';
  readonly code = 'TRANSFER.RSYNC_UNUSABLE';

  constructor(readonly transferCause: TransferCause) {
    super(transferCause.message);
  }
}
