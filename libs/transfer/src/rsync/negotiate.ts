import { traitsOfFileSystem } from './file-system-traits';
import { lossesOf } from './losses';
import {
  type CompressionMethod,
  type Negotiation,
  type NegotiationContext,
  type RsyncFeatures,
  UnusableRsyncPairError,
} from './negotiation';
import { quotingOptions } from './remote-path';
import { findFault } from './rsync-faults';
import { isAtLeast, nameRsync, type RsyncVersion } from './rsync-version';

export { type Negotiation, type NegotiationContext, UnusableRsyncPairError } from './negotiation';

/**
 * What this rsync and the remote's can do together, and what they cannot. Versions, capabilities and faults decide; the
 * facts behind it are measured (see the specs). Throws UnusableRsyncPairError.
 */
export function negotiate(
  local: RsyncVersion,
  remote: RsyncVersion,
  context: NegotiationContext,
): Negotiation {
  refuseUnusable(local, remote, context);
  const features = featuresOf(local, remote, context);
  const { times } = traitsOfFileSystem(context.destinationFileSystem);
  // Before 3.1 the wire carries whole seconds, and 3.1.3 is the first that compares more.
  const isFine = times === 'nanosecond' && areBoth(local, remote, [3, 1, 3]);
  const compressions = commonCompressions(local, remote);
  const { losses, level } = lossesOf({ local, remote, context, features, compressions, isFine });
  return {
    direction: context.direction,
    areMacs: context.localSystem === 'darwin' && context.remoteSystem === 'darwin',
    level,
    losses,
    keepsSubseconds: isFine,
    modifyWindowSeconds: isFine ? -1 : times === 'two-seconds' ? 1 : 0,
    canListChanges: features.deleteMissingArgs,
    compressions,
    features,
  };
}

/** Why an rsync will not do at all, completing "the rsync there …", or null. */
export function reasonAgainst(rsync: RsyncVersion): string | null {
  if (rsync.flavour === 'openrsync')
    return `is ${nameRsync(rsync)}, which loses hard links and breaks off when it fetches`;
  if (!isAtLeast(rsync.version, [2, 6, 9])) return `is version ${rsync.version.join('.')}`;
  const fault = findFault(rsync, 'hardLinks');
  return fault === null ? null : `is version ${rsync.version.join('.')}, which ${fault}`;
}

function refuseUnusable(local: RsyncVersion, remote: RsyncVersion, { direction }: NegotiationContext): void {
  const [sender, receiver] = direction === 'push' ? [local, remote] : [remote, local];
  const isPull = direction === 'pull';
  for (const rsync of [local, remote]) {
    const fault =
      reasonAgainst(rsync) ??
      (isPull && rsync === receiver ? findInPull(rsync, 'receivesFromRemote') : null) ??
      (isPull && rsync === sender ? findInPull(rsync, 'sendsFromWholeDisk') : null);
    if (fault === null) continue;
    const where = rsync === local ? 'this Mac' : 'the remote';
    throw new UnusableRsyncPairError({
      code: 'TRANSFER.RSYNC_UNUSABLE',
      layer: 'tool',
      side: rsync === local ? 'source' : 'remote',
      retryable: false,
      message: `The rsync on ${where} ${fault}. Install the newest rsync on ${where}, with Homebrew or its package manager.`,
    });
  }
}

function findInPull(rsync: RsyncVersion, name: 'receivesFromRemote' | 'sendsFromWholeDisk'): string | null {
  const fault = findFault(rsync, name);
  return fault === null ? null : `is version ${rsync.version.join('.')}, which ${fault}`;
}

function featuresOf(local: RsyncVersion, remote: RsyncVersion, context: NegotiationContext): RsyncFeatures {
  const receiver = context.direction === 'push' ? remote : local;
  const isOneSystem = context.localSystem === context.remoteSystem;
  const both = (name: keyof RsyncVersion['capabilities']): boolean =>
    local.capabilities[name] && remote.capabilities[name];
  const attributes = attributesOf(local, remote, context);
  const lists = local.compressions.length > 0 && remote.compressions.length > 0;
  return {
    // macOS and Linux mean different things by an ACL; what one sends the other cannot apply.
    acls: (both('acls') && isOneSystem) || attributes === 'apple',
    attributes,
    attributeFilters: areBoth(local, remote, [3, 1, 0]),
    crtimes: both('crtimes') && !losesCrtimes(remote, context),
    fileFlags: both('fileFlags'),
    noIncRecursive: areBoth(local, remote, [3, 0, 0]),
    deletion: deletionOf(local, remote, context),
    // openrsync looks for a file with several names where it will be and not where it is kept until then, and with
    // --link-dest such a file makes it break off (both found by running it).
    delayUpdates: receiver.flavour === 'gnu',
    hardLinksInSnapshots: receiver.flavour === 'gnu',
    deleteMissingArgs: areBoth(local, remote, [3, 2, 3]) && findFault(receiver, 'missingArgs') === null,
    compressChoice: lists,
    skipCompress: areBoth(local, remote, [3, 0, 0]),
    fastChecksums: [local, remote].every(({ checksums }) => checksums.some((name) => /^xxh/.test(name))),
    mkpath: areBoth(local, remote, [3, 2, 3]),
    progress: progressOf(local, remote),
    pathOptions: quotingOptions(local),
    escapedOptionsStay:
      local.flavour === 'gnu' &&
      isAtLeast(local.version, [3, 2, 4]) &&
      isGnu(remote, [3, 0, 0]) &&
      findFault(remote, 'escapedOptions') !== null,
  };
}

function attributesOf(
  local: RsyncVersion,
  remote: RsyncVersion,
  { localSystem, remoteSystem }: NegotiationContext,
): RsyncFeatures['attributes'] {
  if (local.capabilities.xattrs && remote.capabilities.xattrs) return 'gnu';
  const areMacs = localSystem === 'darwin' && remoteSystem === 'darwin';
  return areMacs && isApples(local) && isApples(remote) ? 'apple' : 'none';
}

/** Whether a daemon without root takes part that loses them; a pull does not tell whether the sender is one. */
function losesCrtimes(remote: RsyncVersion, { direction, receiverIsRoot }: NegotiationContext): boolean {
  if (direction === 'push' && receiverIsRoot) return false;
  return findFault(remote, 'crtimesOfDaemon') !== null;
}

/**
 * openrsync has two faults here, both found by running it. As a sender of whole paths it does not mark the folders that
 * it lists completely, and only another openrsync deletes nevertheless. And told both when to delete and where to keep
 * what is deleted, it protects every file; a push tells the remote's when, a plain `--delete` on this side does not.
 */
function deletionOf(
  local: RsyncVersion,
  remote: RsyncVersion,
  { direction }: NegotiationContext,
): RsyncFeatures['deletion'] {
  const isOpen = ({ flavour }: RsyncVersion): boolean => flavour !== 'gnu';
  if (direction === 'push' && isOpen(local)) return 'none';
  if (direction === 'pull' && isOpen(remote) && !isOpen(local)) return 'none';
  return isOpen(local) || isOpen(remote) ? 'plain' : 'after';
}

function progressOf(local: RsyncVersion, remote: RsyncVersion): RsyncFeatures['progress'] {
  if (!isGnu(local, [3, 1, 0])) return 'files';
  return isGnu(remote, [3, 1, 0]) ? 'whole' : 'whole-plain';
}

function commonCompressions(local: RsyncVersion, remote: RsyncVersion): readonly CompressionMethod[] {
  // Those that list nothing have zlib and only that.
  if (local.compressions.length === 0 || remote.compressions.length === 0) return ['zlib'];
  const common = local.compressions.filter((name) => remote.compressions.includes(name));
  return [
    ...(common.includes('zstd') ? (['zstd'] as const) : []),
    ...(common.includes('lz4') ? (['lz4'] as const) : []),
    ...(common.includes('zlibx') || common.includes('zlib') ? (['zlib'] as const) : []),
  ];
}

/** The rsync that a Mac came with: 2.6.9 until macOS 14, openrsync since 15. */
function isApples(rsync: RsyncVersion): boolean {
  return rsync.flavour === 'apple-openrsync' || (rsync.flavour === 'gnu' && rsync.version[0] === 2);
}

function isGnu(rsync: RsyncVersion, least: RsyncVersion['version']): boolean {
  return rsync.flavour === 'gnu' && isAtLeast(rsync.version, least);
}

function areBoth(local: RsyncVersion, remote: RsyncVersion, least: RsyncVersion['version']): boolean {
  return isGnu(local, least) && isGnu(remote, least);
}
