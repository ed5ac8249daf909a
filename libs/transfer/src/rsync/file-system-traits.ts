/** What a file system cannot keep of a Mac's files, however they get there. */
export interface FileSystemTraits {
  /**
   * How exactly it keeps modification times: to the nanosecond, to the second or so, or to two seconds. What lies
   * between a nanosecond and a second (NTFS and SMB: 100 ns) counts as a second, because comparing nanoseconds would
   * find every file changed.
   */
  readonly times: 'nanosecond' | 'second' | 'two-seconds';
  readonly keepsOwners: boolean;
  readonly keepsHardLinks: boolean;
}

const COMPLETE: FileSystemTraits = { times: 'nanosecond', keepsOwners: true, keepsHardLinks: true };
const WHOLE_SECONDS: FileSystemTraits = { ...COMPLETE, times: 'second' };
const SHARED: FileSystemTraits = { ...WHOLE_SECONDS, keepsOwners: false };
const PLAIN: FileSystemTraits = { times: 'second', keepsOwners: false, keepsHardLinks: false };
const FAT: FileSystemTraits = { ...PLAIN, times: 'two-seconds' };

/** By the names that mount(8) of macOS and `stat -f -c %T` of Linux give them, in lower case. */
const KNOWN: ReadonlyMap<string, FileSystemTraits> = new Map([
  ...['hfs', 'hfs+', 'hfsplus'].map((name) => [name, WHOLE_SECONDS] as const),
  ...['exfat'].map((name) => [name, PLAIN] as const),
  ...['msdos', 'vfat', 'fat'].map((name) => [name, FAT] as const),
  ...['smbfs', 'smb', 'smb2', 'smb3', 'cifs', 'afpfs', 'webdav'].map((name) => [name, SHARED] as const),
  ...['ntfs', 'ntfs3', 'fuseblk', 'ufsd_ntfs'].map((name) => [name, SHARED] as const),
]);

/**
 * Traits of the file system at the destination. One that is not known (null, or a name never heard of) is taken for
 * complete: claimed falsely that costs time, because files are copied again; denied falsely, an edit could be missed.
 */
export function traitsOfFileSystem(name: string | null): FileSystemTraits {
  return KNOWN.get((name ?? '').toLowerCase()) ?? COMPLETE;
}
