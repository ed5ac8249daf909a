import { type Entry, FLAG_UNSTABLE, FolderBlock, isFileMode, isFolderMode, typeOf } from './folder-block';

/**
 * What became of an entry since the catalogue was written:
 * `new` and `deleted` as they say; `retyped`: a file where a folder was, or the like; `changed`: rsync will see it by
 * size, time or attributes; `suspect`: size and time are the same or nearly so, so that rsync's own quick check could
 * overlook a new content (an edit that put the old time back) and has to compare contents; `unlisted`: a folder whose
 * names may differ at the destination although nothing changed here (see FLAG_UNSTABLE).
 */
export type ChangeKind = 'new' | 'deleted' | 'retyped' | 'changed' | 'suspect' | 'unlisted';

export type OnChange = (kind: ChangeKind, entry: Entry, before: Entry | null) => void;

/** Compares two states of one folder; either may be missing. */
export function compareFolder(before: Buffer | null, now: Buffer, onChange: OnChange): void {
  const old = before === null ? [] : [...new FolderBlock(before).entries()];
  const current = [...new FolderBlock(now).entries()];
  for (let a = 0, b = 0; a < old.length || b < current.length;) {
    const was = old[a];
    const is = current[b];
    const order =
      was === undefined ? 1 : is === undefined ? -1 : was.name < is.name ? -1 : Number(was.name > is.name);
    if (order < 0 && was !== undefined) onChange('deleted', was, was);
    if (order > 0 && is !== undefined) onChange('new', is, null);
    if (order === 0 && was !== undefined && is !== undefined) reportChange(was, is, onChange);
    if (order <= 0) a += 1;
    if (order >= 0) b += 1;
  }
}

function reportChange(was: Entry, is: Entry, onChange: OnChange): void {
  const kind = changeOf(was, is);
  if (kind !== null) onChange(kind, is, was);
  if (kind !== 'retyped' && isFolderMode(is.mode) && (was.mode & FLAG_UNSTABLE) !== 0)
    onChange('unlisted', is, was);
}

// Where the destination keeps whole seconds, or every other one (exFAT), rsync takes times so near for the same.
const COARSEST_TIME_NS = 2_000_000_000n;

/** Null when an entry is as it was. */
export function changeOf(was: Entry, is: Entry): Exclude<ChangeKind, 'new' | 'deleted' | 'unlisted'> | null {
  if (typeOf(was.mode) !== typeOf(is.mode)) return 'retyped';
  const isSame =
    was.changedNs === is.changedNs &&
    was.changedNs !== 0n &&
    was.modifiedNs === is.modifiedNs &&
    (was.mode & 0xffff) === (is.mode & 0xffff) &&
    was.uid === is.uid &&
    was.gid === is.gid &&
    was.inode === is.inode;
  // A folder's size and number of links are the file system's own affair.
  if (isFolderMode(is.mode)) return isSame ? null : 'changed';
  if (isSame && was.size === is.size && was.links === is.links) return null;
  const apartNs = was.modifiedNs - is.modifiedNs;
  const looksUnchanged = was.size === is.size && apartNs <= COARSEST_TIME_NS && apartNs >= -COARSEST_TIME_NS;
  return isFileMode(is.mode) && looksUnchanged ? 'suspect' : 'changed';
}
