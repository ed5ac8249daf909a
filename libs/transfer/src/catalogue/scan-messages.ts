import type { FilterRule } from '../filter';
import type { ChangeKind } from './folder-changes';

/** What a scanning thread is told once. */
export interface ScanWorkerData {
  readonly rules: readonly FilterRule[];
  readonly sourceRoots: readonly string[];
  readonly isOneFileSystem: boolean;
  /** Entries whose change time is later may change again without a new one; nanoseconds since 1970. */
  readonly racySinceNs: bigint;
  /** The body of the catalogue to compare with. */
  readonly catalogue: SharedArrayBuffer | null;
}

/** A folder to be read: its path, the device it lies on, and where its block begins in the catalogue (-1: nowhere). */
export type FolderTask = readonly [path: string, device: number, root: number, catalogueOffset: number];

/** What became of an entry, for the main thread: kind, path, st_mode, size. */
export type ReportedChange = readonly [kind: ChangeKind, path: string, mode: number, size: number];

/** Names of one file that has several: path, device and inode. */
export type LinkedName = readonly [path: string, identity: string];

export interface ScanReply {
  /** Paths of folders that are as the catalogue has them. */
  readonly same: readonly string[];
  /** Blocks of all others, one after the other. */
  readonly blocks: ArrayBuffer;
  readonly changes: readonly ReportedChange[];
  /** Folders found on the way; their offsets are for the main thread to find. */
  readonly found: readonly (readonly [path: string, device: number, root: number])[];
  readonly links: readonly LinkedName[];
  readonly unreadable: readonly (readonly [path: string, code: string])[];
  /** Where a file system was mounted at the last run, and none is now. */
  readonly lostMounts: readonly string[];
  /** Entries that the catalogue has in the folders read. */
  readonly entriesBefore: number;
  readonly entries: number;
  readonly files: number;
  readonly bytes: number;
  /** Files worth a stream of their own, see `large-files`: path and size. */
  readonly large: readonly (readonly [path: string, size: number])[];
}
