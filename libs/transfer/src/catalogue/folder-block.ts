/**
 * One folder as the catalogue keeps it: its path, and what lstat(2) said of each entry, sorted by the bytes of the
 * names. Two equal states of a folder are equal bytes, so that comparing an unchanged one is a single memcmp.
 *
 * Little-endian: u32 length of the block, u32 number of entries, u16 length of the path, the path; then for each entry
 * u32 mode (with our own flags above the 16 bits of st_mode), uid, gid, nlink, u64 size, i64 modification time and
 * change time in nanoseconds, u64 inode, u16 length of the name, the name. Paths and names are bytes, held in strings
 * with one character per byte ("latin1"); paths have no slash at either end.
 */

/** What lstat(2) says of an entry; times in nanoseconds since 1970. */
export interface EntryFacts {
  /** st_mode, with `FLAG_…` above it. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly links: number;
  readonly size: bigint;
  readonly modifiedNs: bigint;
  /** 0 when the entry may have changed again without a new change time: it then never counts as unchanged. */
  readonly changedNs: bigint;
  readonly inode: bigint;
}

export interface Entry extends EntryFacts {
  readonly name: string;
}

/** Something was added to or removed from this folder while the run was under way: its list of names proves nothing. */
export const FLAG_UNSTABLE = 0x8000_0000;
/** Another file system is mounted here. */
export const FLAG_MOUNT_POINT = 0x4000_0000;

const BLOCK_HEAD = 10;
const ENTRY_HEAD = 50;
const LONGEST_TEXT = 0xffff;
const TYPE_MASK = 0xf000;
const TYPE_FOLDER = 0x4000;
const TYPE_FILE = 0x8000;

export const isFolderMode = (mode: number): boolean => (mode & TYPE_MASK) === TYPE_FOLDER;
export const isFileMode = (mode: number): boolean => (mode & TYPE_MASK) === TYPE_FILE;
export const typeOf = (mode: number): number => mode & TYPE_MASK;

/** A folder above the sources: only its rights count, everything else changes with what is not selected. */
export function withoutTimes(entry: Entry): Entry {
  return { ...entry, mode: entry.mode & 0xffff, links: 0, size: 0n, ...NO_TIMES };
}

const NO_TIMES = { modifiedNs: 0n, changedNs: 1n, inode: 0n } as const;

/** Whether `withoutTimes` made it. */
export const hasNoTimes = ({ modifiedNs, changedNs, inode }: EntryFacts): boolean =>
  modifiedNs === NO_TIMES.modifiedNs && changedNs === NO_TIMES.changedNs && inode === NO_TIMES.inode;

/** The block of a folder; `entries` must be sorted by name. Throws RangeError for a name or path above 64 KiB. */
export function encodeFolder(path: string, entries: readonly Entry[]): Buffer {
  let length = BLOCK_HEAD + path.length;
  for (const { name } of entries) length += ENTRY_HEAD + name.length;
  if (path.length > LONGEST_TEXT) throw new RangeError('a path is too long for the catalogue');
  const block = Buffer.allocUnsafe(length);
  // Several times as quick as the methods of Buffer, which matters for every entry of a scan.
  const view = new DataView(block.buffer, block.byteOffset, length);
  view.setUint32(0, length, true);
  view.setUint32(4, entries.length, true);
  view.setUint16(8, path.length, true);
  block.write(path, BLOCK_HEAD, 'latin1');
  let at = BLOCK_HEAD + path.length;
  for (const entry of entries) {
    if (entry.name.length > LONGEST_TEXT) throw new RangeError('a name is too long for the catalogue');
    view.setUint32(at, entry.mode, true);
    view.setUint32(at + 4, entry.uid, true);
    view.setUint32(at + 8, entry.gid, true);
    view.setUint32(at + 12, entry.links, true);
    view.setBigUint64(at + 16, entry.size, true);
    view.setBigInt64(at + 24, entry.modifiedNs, true);
    view.setBigInt64(at + 32, entry.changedNs, true);
    view.setBigUint64(at + 40, entry.inode, true);
    view.setUint16(at + 48, entry.name.length, true);
    block.write(entry.name, at + ENTRY_HEAD, 'latin1');
    at += ENTRY_HEAD + entry.name.length;
  }
  return block;
}

/** A block that was read back; reads fields on demand, so that looking at a few costs little. */
export class FolderBlock {
  readonly path: string;
  readonly count: number;
  private readonly firstEntry: number;

  constructor(readonly bytes: Buffer) {
    const pathLength = bytes.readUInt16LE(8);
    this.count = bytes.readUInt32LE(4);
    this.path = bytes.toString('latin1', BLOCK_HEAD, BLOCK_HEAD + pathLength);
    this.firstEntry = BLOCK_HEAD + pathLength;
  }

  /** All entries, sorted by name. */
  *entries(): Generator<Entry> {
    for (const at of this.offsets()) yield this.entryAt(at);
  }

  /** Where each entry begins; for `entryAt` and the light readers below. */
  *offsets(): Generator<number> {
    let at = this.firstEntry;
    for (let index = 0; index < this.count; index += 1) {
      yield at;
      at += ENTRY_HEAD + this.bytes.readUInt16LE(at + 48);
    }
  }

  entryAt(at: number): Entry {
    const { bytes } = this;
    return {
      mode: bytes.readUInt32LE(at),
      uid: bytes.readUInt32LE(at + 4),
      gid: bytes.readUInt32LE(at + 8),
      links: bytes.readUInt32LE(at + 12),
      size: bytes.readBigUInt64LE(at + 16),
      modifiedNs: bytes.readBigInt64LE(at + 24),
      changedNs: bytes.readBigInt64LE(at + 32),
      inode: bytes.readBigUInt64LE(at + 40),
      name: this.nameAt(at),
    };
  }

  nameAt(at: number): string {
    return this.bytes.toString('latin1', at + ENTRY_HEAD, at + ENTRY_HEAD + this.bytes.readUInt16LE(at + 48));
  }

  modeAt(at: number): number {
    return this.bytes.readUInt32LE(at);
  }

  /** Marks an entry of this block as a folder whose list of names proves nothing. */
  markUnstable(at: number): void {
    this.bytes.writeUInt32LE((this.modeAt(at) | FLAG_UNSTABLE) >>> 0, at);
  }
}

/** The blocks of a catalogue's body, one after the other. Throws RangeError when it is cut off or no such body. */
export function* blocksOf(body: Buffer): Generator<Buffer> {
  for (let at = 0; at < body.length;) {
    const length = body.readUInt32LE(at);
    if (length < BLOCK_HEAD || at + length > body.length) throw new RangeError('a catalogue is cut off');
    yield body.subarray(at, at + length);
    at += length;
  }
}
