/** Names of the groups; a plan says which of them are on. */
export type ExclusionGroupId =
  | 'caches'
  | 'trash'
  | 'temporary-files'
  | 'volume-housekeeping'
  | 'virtual-memory'
  | 'network-mounts'
  | 'time-machine'
  | 'cloud-leftovers'
  | 'other-systems';

/** What a Mac makes again by itself, or what means nothing elsewhere. */
export interface ExclusionGroup {
  readonly id: ExclusionGroupId;
  readonly title: string;
  /** Why nobody misses it, in plain words. */
  readonly reason: string;
  readonly patterns: readonly string[];
}

/**
 * The start disk's paths as every Mac since 10.15 has them twice: the Data volume with people's files is also mounted
 * at `/System/Volumes/Data`, and a plan may name its source there.
 */
const onStartDisk = (...paths: readonly string[]): readonly string[] =>
  paths.flatMap((path) => [path, `/System/Volumes/Data${path}`]);

/** A path from the top of any volume: the start disk, or another one with a system, home folders or backups of its own. */
const onAnyVolume = (...paths: readonly string[]): readonly string[] => [
  ...onStartDisk(...paths),
  ...paths.map((path) => `/Volumes/*${path}`),
];

/**
 * All are on unless a plan switches them off: none of it was made by a person, save what is in the trash, and much of
 * what changes from run to run is in here. Where it may be, a folder's content is left out and not the folder, so that
 * programs find it after a restore, and an include can keep a part of it.
 *
 * Not here, though other programs leave it out: `._*` (on exFAT and network disks these hold attributes, elsewhere they
 * are somebody's files), `.VolumeIcon.icns` and `.metadata_never_index` (harmless in a folder, and wanted after a
 * restore), stubs of files that are only in the cloud (tiny, and the only trace of what was there).
 */
export const EXCLUSION_GROUPS: readonly ExclusionGroup[] = [
  {
    id: 'caches',
    title: 'Caches',
    reason: 'Programs and the system fill them again by themselves.',
    patterns: onAnyVolume(
      '/Users/*/Library/Caches/*',
      '/Users/*/Library/Containers/*/Data/Library/Caches/*',
      '/Library/Caches/*',
      '/System/Library/Caches/*',
      '/private/var/root/Library/Caches/*',
      '/private/var/folders/*/*/C/*',
      '/private/var/db/dyld/dyld_*',
    ),
  },
  {
    id: 'trash',
    title: 'Trash',
    reason: 'What people have thrown away.',
    patterns: ['.Trash/', '.Trashes/', 'Network Trash Folder/'],
  },
  {
    id: 'temporary-files',
    title: 'Temporary files',
    reason: 'Of use only to programs that run right now.',
    patterns: [
      '.TemporaryItems/',
      'Library/Preferences/ByHost/com.apple.loginwindow*', // which windows to open again
      ...onAnyVolume(
        '/private/tmp/*',
        '/private/var/tmp/*',
        '/private/var/run/*',
        '/private/var/folders/*/*/T/*',
        '/private/var/audit/current',
        '/private/var/audit/*.crash_recovery',
        '/private/var/spool/qmaster/*',
        '/cores/*',
        '/macOS Install Data/',
      ),
    ],
  },
  {
    id: 'volume-housekeeping',
    title: 'Housekeeping of volumes',
    reason: 'Indexes, journals and marks that macOS keeps for one volume; they would be wrong on any other.',
    patterns: [
      '.Spotlight-V100/',
      '.fseventsd/',
      '.DocumentRevisions-V100*/',
      'Library/Metadata/CoreSpotlight/',
      ...onAnyVolume(
        '/.journal',
        '/.journal_info_block',
        '/.hotfiles.btree',
        '/.HFS+ Private Directory Data*', // its name ends in a carriage return
        '/lost+found/',
        '/.quota.user',
        '/.quota.group',
        '/TheVolumeSettingsFolder/',
        '/.com.apple.NetBootX/',
        '/private/var/db/systemstats/*',
        '/private/var/db/searchparty/*',
        '/private/var/db/ConfigurationProfiles/Store/',
        '/private/var/db/dslocal/nodes/Default/secureaccesstoken.plist',
      ),
    ],
  },
  {
    id: 'virtual-memory',
    title: 'Virtual memory',
    reason: 'Swap files and the sleep image: large, and void after a restart.',
    patterns: ['/System/Volumes/VM/*', ...onAnyVolume('/private/var/vm/*')],
  },
  {
    id: 'network-mounts',
    title: 'Mount points',
    reason: 'Network shares and other disks need plans of their own.',
    patterns: [
      '/System/Volumes/*',
      // The system's own mounter of home folders; on Linux people's homes have this name.
      '/System/Volumes/Data/home/*',
      ...onStartDisk('/Volumes/*', '/Network/*', '/net/*', '/automount/*', '/dev/*', '/.vol/*'),
    ],
  },
  {
    id: 'time-machine',
    title: 'Time Machine',
    reason: 'Its backups and its state: a backup of backups.',
    patterns: [
      '/Volumes/.timemachine/',
      '/Volumes/com.apple.TimeMachine.localsnapshots/',
      ...onAnyVolume(
        '/Backups.backupdb/',
        '/.MobileBackups/',
        '/.MobileBackups.trash/',
        '/private/var/db/com.apple.backupd.backupVerification/',
      ),
    ],
  },
  {
    id: 'cloud-leftovers',
    title: 'Leftovers of cloud services',
    reason: 'Their caches and half-loaded files; the documents themselves are copied.',
    patterns: [
      'Library/Mobile Documents.*/', // what iCloud moved aside, not the documents beside it
      'com.apple.photolibraryd/tmpoutboundsharing/',
      '.dropbox.cache/',
      '.webtmp/',
    ],
  },
  {
    id: 'other-systems',
    title: 'Leftovers of other systems',
    reason: 'Recycle bins, thumbnails and state of Windows, Linux, network drives and other tools.',
    patterns: [
      '$Recycle.Bin/',
      '$RECYCLE.BIN/',
      'System Volume Information/',
      'Thumbs.db',
      '.Trash-*/',
      '.@__thumb/',
      '@eaDir/',
      '.AppleDouble/',
      '.AppleDB/',
      '.afpDeleted*',
      '.bzvol/',
      '.cleverfiles/',
    ],
  },
];
