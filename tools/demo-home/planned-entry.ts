import type { ContentKind } from './content';

export interface PlannedTimes {
  /** Seconds since 1970, and the nanoseconds after them. */
  readonly seconds: number;
  readonly nanoseconds: number;
}

interface PlannedBase {
  /** Relative to the home folder, as bytes. */
  readonly path: Buffer;
  readonly mtime?: PlannedTimes;
  /** Numeric user and group; applied only when root makes the tree. */
  readonly owner?: readonly [uid: number, gid: number];
}

export interface PlannedFile extends PlannedBase {
  readonly type: 'file';
  readonly size: number;
  readonly content: ContentKind;
  readonly mode: number;
  readonly xattrs?: ReadonlyMap<string, Buffer>;
  /** Only root can read it back. */
  readonly rootOnly?: boolean;
}

export interface PlannedFolder extends PlannedBase {
  readonly type: 'folder';
  readonly mode: number;
  readonly xattrs?: ReadonlyMap<string, Buffer>;
  readonly rootOnly?: boolean;
}

export interface PlannedSymlink extends PlannedBase {
  readonly type: 'symlink';
  readonly target: Buffer;
}

export interface PlannedHardLink {
  readonly type: 'hard-link';
  readonly path: Buffer;
  /** A file planned before this one. */
  readonly existing: Buffer;
}

/** One thing to make; folders come before what is in them. */
export type PlannedEntry = PlannedFile | PlannedFolder | PlannedSymlink | PlannedHardLink;
