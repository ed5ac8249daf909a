import type { CompressionMethod, Negotiation } from './negotiation';

/** A remote's rsync, behind the gate or started by a shell. */
export type FarEnd = FarGate | FarShell;

/** The gate's rsync daemon inside ssh: a claimed plan's module `plan` takes a push, `source` serves a pull. */
export interface FarGate {
  readonly kind: 'gate';
  /** What the remote is asked to run in place of `rsync`: the gate's verb with its arguments. */
  readonly rsyncPath: string;
  /**
   * In a push what a path of the plan begins with inside the module, as `fc begin` says: empty, or the plan's folder. In
   * a pull the source as the module knows it: empty when it is a folder, `/` and its name when it is a single file.
   */
  readonly moduleRoot: string;
  /** Written by `writeSshConfig`. */
  readonly sshConfigFile: string;
}

/** An rsync that the account's own shell starts. */
export interface FarShell {
  readonly kind: 'shell';
  /** Absolute path of the remote's rsync. */
  readonly rsyncPath: string;
  /** Absolute path of the plan's folder there, which must exist; only a push has it at that end. */
  readonly folder: string;
  /** Written by `writeSshConfig`. */
  readonly sshConfigFile: string;
}

/** Where in the plan's folder files go, and what becomes of those that were there. */
export type TransferMode =
  /** `current/`; `archiveName` names the folder below `archive/`, and must never be used by two passes. */
  | { readonly kind: 'mirror'; readonly archiveName: string }
  /** `partial/`; `linkDest` names a published snapshot whose files are linked where they are the same. */
  | { readonly kind: 'snapshot'; readonly linkDest: string | null };

/**
 * What one run of rsync is for. List files hold names, each after `./` and ended by NUL. They are seen from `/`, or, in a
 * push through the gate, from `root`: an absolute folder that `canBeRoot`, and that the destination has already. The
 * shorter the names, the less work they are for both ends.
 */
export type TransferPass =
  /**
   * Compares everything, by size and time or by content; deletes what is gone. `isFromInside`: the one source is a
   * folder that is sent as its content, so that names are short; it must be at the destination already. Only in a push
   * through the gate, and for a folder that `canBeRoot`.
   */
  | { readonly kind: 'full'; readonly isByChecksum?: boolean; readonly isFromInside?: boolean }
  /**
   * Brings the listed names up to date: by size and time, or by content. A folder is compared by its attributes, and
   * with one ending in a slash also the names right in it. `deletesInFolders`: what a folder ending in a slash does not
   * hold any more is deleted. `deletesMissing`: listed names that are gone from the source are deleted; only for a
   * caller who knows that the source itself cannot be gone. Otherwise such names are reported as errors.
   */
  | {
      readonly kind: 'listed';
      readonly listFile: string;
      readonly root?: string;
      readonly isByChecksum: boolean;
      readonly deletesInFolders?: boolean;
      readonly deletesMissing?: boolean;
    }
  /** Sends whole new files; whatever is there already is left alone. */
  | { readonly kind: 'seed'; readonly listFile: string }
  /** Deletes the listed names; `emptyFolder` is a folder at the sender that holds none of them. */
  | {
      readonly kind: 'erase';
      readonly listFile: string;
      readonly root?: string;
      readonly emptyFolder: string;
    };

interface TransferArgsBase {
  readonly negotiation: Negotiation;
  readonly mode: TransferMode;
  readonly pass: TransferPass;
  /**
   * Absolute paths of folders or files at the sender, for a full pass. The caller resolves symlinks: a root that is one
   * is copied as a link. A pull through the gate has exactly one.
   */
  readonly sourcePaths: readonly string[];
  /**
   * Written by `writeFilterFile`; null for none. Its anchored patterns begin at the sender's `/`, but in a pull through
   * the gate and in a pass from inside at the source itself, and in one with a `root` there.
   */
  readonly filterFile: string | null;
  /** Folders in which other disks are mounted are left empty. */
  readonly isOneFileSystem?: boolean;
  /**
   * What the destination holds: nothing; what an attempt left that never came to an end; or a copy to be careful with,
   * which is the default. Without a copy nothing is kept and nothing put in place late, which takes half as long again
   * for small files; where there is nothing, nothing is looked for to be deleted either.
   */
  readonly found?: 'nothing' | 'unfinished' | 'copy';
  /** The remote is near: rsync may begin to send before it knows all names, if nothing is to be deleted. */
  readonly isNear?: boolean;
  /** Nothing is changed; what would be is told. */
  readonly isDryRun?: boolean;
  /** One of the negotiation's methods, or none. */
  readonly compression: { readonly method: CompressionMethod | 'none'; readonly level?: number | null };
  /** Suffixes of files not worth compressing; without it rsync's own list holds. */
  readonly skipCompress?: readonly string[];
  /** On a fast line comparing blocks of large files costs more than sending them. */
  readonly isWholeFile?: boolean;
  /** After so long without a byte either way rsync gives up (exit 30); default 60. */
  readonly ioTimeoutSeconds?: number;
  /** Should there be more to delete, nothing beyond is deleted (exit 25). A full pass only. */
  readonly maxDelete?: number;
}

export interface PushInput extends TransferArgsBase {
  readonly direction: 'push';
  readonly far: FarEnd;
}

export interface PullInput extends TransferArgsBase {
  readonly direction: 'pull';
  readonly far: FarGate | Omit<FarShell, 'folder'>;
  /** Absolute path of the plan's folder on this Mac, which must exist. */
  readonly destinationFolder: string;
}

/** Everything that one run of rsync depends on. */
export type TransferArgsInput = PushInput | PullInput;

/** What may be wrong with an input. */
export type TransferArgsField =
  | keyof PushInput
  | 'destinationFolder'
  | 'rsyncPath'
  | 'moduleRoot'
  | 'sshConfigFile'
  | 'folder'
  | 'archiveName'
  | 'linkDest'
  | 'listFile'
  | 'root'
  | 'emptyFolder';

/** An input that must not reach rsync's argument list. */
export class TransferArgsError extends Error {
  override readonly name = 'TransferArgsError';
  readonly code = 'TRANSFER.ARGUMENTS_INVALID';

  constructor(
    readonly field: TransferArgsField,
    options?: ErrorOptions,
  ) {
    super(`${field} cannot be part of an rsync command`, options);
  }
}
