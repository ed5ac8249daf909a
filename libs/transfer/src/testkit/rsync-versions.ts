import { parseRsyncVersion, type RsyncVersion } from '../rsync/rsync-version';
import { readFixture } from './fixtures';

/**
 * What rsyncs of every kind say of themselves: recorded, but for `3.2.4-mac`, which is as a user of a patched build for
 * macOS reported it, and `3.5.0-mac`, which is the recorded 3.5.0 with the capabilities of such a build.
 */
export const RSYNC_KINDS = [
  '3.5.0',
  '3.5.0-mac',
  '3.4.3',
  '3.2.7',
  '3.2.4-mac',
  '3.2.3',
  '3.1.3',
  '3.0.9',
  '2.6.9',
  'apple',
  'openrsync',
] as const;

export type RsyncKind = (typeof RSYNC_KINDS)[number];

export function rsyncVersionOf(kind: RsyncKind): RsyncVersion {
  const version = parseRsyncVersion(versionOutputOf(kind));
  if (version === null) throw new Error(`the fixture of ${kind} is not rsync's`);
  return version;
}

export function versionOutputOf(kind: RsyncKind): string {
  if (kind === 'openrsync') return readFixture('rsync', 'openrsync.version').toString();
  if (kind === 'apple') return readFixture('rsync', 'openrsync-apple.version').toString();
  if (kind !== '3.5.0-mac') return readFixture('rsync', `rsync-${kind}.version`).toString();
  return versionOutputOf('3.5.0').replace('no crtimes', 'crtimes, file-flags');
}
