import { traitsOfFileSystem } from './file-system-traits';
import type { CompressionMethod, NegotiationContext, RsyncFeatures, TransferLoss } from './negotiation';
import { findFault } from './rsync-faults';
import { isAtLeast, nameRsync, type RsyncVersion } from './rsync-version';

export interface LossInput {
  readonly local: RsyncVersion;
  readonly remote: RsyncVersion;
  readonly context: NegotiationContext;
  readonly features: RsyncFeatures;
  readonly compressions: readonly CompressionMethod[];
  /** Times are kept to the nanosecond. */
  readonly isFine: boolean;
}

const NEWER = 'Install rsync 3.2.7 or later there, with Homebrew or its package manager.';
const PATCHED = 'Install rsync with Homebrew on both Macs.';

/** What is missing, and the one line that sums up the metadata. */
export function lossesOf(input: LossInput): {
  readonly losses: readonly TransferLoss[];
  readonly level: 'full' | `no ${string}`;
} {
  const metadata = [...lostAttributes(input), ...lostOfMacs(input)];
  const names = metadata.map(({ what }) => what).filter((what) => what !== RESOURCE_FORKS);
  const [last = '', ...others] = names.toReversed();
  const level =
    `no ${[others.toReversed().join(', '), last].filter((part) => part !== '').join(' or ')}` as const;
  const losses = [...metadata, ...lostAtDestination(input), ...lostTimes(input), ...lostConveniences(input)];
  return { losses, level: names.length === 0 ? 'full' : level };
}

const RESOURCE_FORKS = 'resource forks and Finder information';

function lostAttributes({ local, remote, context, features }: LossInput): TransferLoss[] {
  const losses: TransferLoss[] = [];
  const isOneSystem = context.localSystem === context.remoteSystem;
  if (!features.acls && isOneSystem) {
    losses.push({ what: 'ACLs', why: lacking('ACLs', 'acls', local, remote), remedy: NEWER });
  } else if (!features.acls) {
    const why = 'macOS and Linux have ACLs of different kinds.';
    losses.push({ what: 'ACLs', why, remedy: 'Use a destination with the same system as the source.' });
  }
  if (features.attributes !== 'none') return losses;
  const why = lacking('extended attributes', 'xattrs', local, remote);
  losses.push({ what: 'extended attributes', why, remedy: NEWER });
  if (senderOf(context) === 'darwin') losses.push({ what: RESOURCE_FORKS, why, remedy: NEWER });
  return losses;
}

/** Only a Mac's files have them. */
function lostOfMacs({ local, remote, context, features }: LossInput): TransferLoss[] {
  if (senderOf(context) !== 'darwin') return [];
  const isToMac = receiverOf(context) === 'darwin';
  const noMac = 'Linux cannot keep them as such.';
  const toMac = 'Use a Mac as the destination.';
  const fault = local.capabilities.crtimes && remote.capabilities.crtimes ? faultOf(remote) : null;
  return [
    ...(features.crtimes
      ? []
      : [
          {
            what: 'creation times',
            why: isToMac ? (fault ?? lacking('creation times', 'crtimes', local, remote)) : noMac,
            remedy: isToMac ? PATCHED : toMac,
          },
        ]),
    ...(features.fileFlags
      ? []
      : [
          {
            what: 'file flags such as "locked"',
            why: isToMac ? lacking('file flags', 'fileFlags', local, remote) : noMac,
            remedy: isToMac ? PATCHED : toMac,
          },
        ]),
  ];
}

function faultOf(remote: RsyncVersion): string | null {
  const fault = findFault(remote, 'crtimesOfDaemon');
  return fault === null ? null : `${nameRsync(remote)} on the remote ${fault}.`;
}

function lostAtDestination({ local, remote, context }: LossInput): TransferLoss[] {
  const { destinationFileSystem: fileSystem, receiverIsRoot } = context;
  const traits = traitsOfFileSystem(fileSystem);
  const receiver = context.direction === 'push' ? remote : local;
  const reformat = 'Use a disk formatted as APFS.';
  const losses: TransferLoss[] = [];
  if (!traits.keepsOwners)
    losses.push({
      what: 'owners of files',
      why: `The destination is ${fileSystem}, which has none.`,
      remedy: reformat,
    });
  else if (!receiverIsRoot)
    losses.push({
      what: 'owners of files',
      why: 'Whoever writes the copy is not root, and only root may set owners.',
      remedy: 'Let root write the copy.',
    });
  if (!traits.keepsHardLinks)
    losses.push({
      what: 'hard links',
      why: `The destination is ${fileSystem}, which has none.`,
      remedy: reformat,
    });
  const fault = findFault(receiver, 'linkedSymlinks');
  if (fault !== null && /^hfs/i.test(fileSystem ?? ''))
    losses.push({
      what: 'snapshots without errors',
      why: `On HFS+ ${nameRsync(receiver)} ${fault}, although it copies them.`,
      remedy: 'Install rsync 3.5 or later there, or use a disk formatted as APFS.',
    });
  return losses;
}

function lostTimes({ local, remote, context, isFine }: LossInput): TransferLoss[] {
  const losses: TransferLoss[] = [];
  const receiver = context.direction === 'push' ? remote : local;
  if (!receiver.capabilities.symlinkTimes)
    losses.push({
      what: 'times of symbolic links',
      why: `${nameRsync(receiver)} at the destination cannot set them.`,
      remedy: NEWER,
    });
  if (isFine) return losses;
  const { times } = traitsOfFileSystem(context.destinationFileSystem);
  const isDisk = times !== 'nanosecond';
  losses.push({
    what: 'fractions of a second in times',
    why: isDisk
      ? `The destination is ${context.destinationFileSystem}, which does not keep them exactly.`
      : `${nameOlder(local, remote, [3, 1, 3])} knows whole seconds only.`,
    remedy: isDisk ? 'Use a disk formatted as APFS.' : NEWER,
  });
  return losses;
}

function lostConveniences({ local, remote, context, features, compressions }: LossInput): TransferLoss[] {
  const losses: TransferLoss[] = [];
  const older = nameOlder(local, remote, [3, 2, 3]);
  if (!features.delayUpdates) {
    const receiver = nameRsync(context.direction === 'push' ? remote : local);
    losses.push(
      {
        what: 'a copy that changes at once',
        why: `New files appear in it one by one, because ${receiver} breaks hard links when it keeps them until the end.`,
        remedy: NEWER,
      },
      {
        what: 'hard links in snapshots',
        why: `${receiver} breaks off at them, so each name becomes a file of its own.`,
        remedy: NEWER,
      },
    );
  }
  if (features.deletion === 'none')
    losses.push({
      what: 'deletions',
      why: `What is deleted at the source stays in the copy, because ${nameOlder(local, remote, [2, 6, 9])} does not say which folders are complete.`,
      remedy: NEWER,
    });
  if (!features.deleteMissingArgs) {
    const fault = findFault(remote, 'missingArgs') ?? findFault(local, 'missingArgs');
    const isOld = !isFullPair(local, remote, [3, 2, 3]);
    const why =
      isOld || fault === null ? `${older} cannot be given names to delete.` : 'One rsync breaks off at them.';
    losses.push({ what: 'quick updates', why, remedy: NEWER });
  }
  if (features.progress === 'files')
    losses.push({
      what: 'progress of the whole run',
      why: `${nameRsync(local)} on this Mac tells of single files only.`,
      remedy: NEWER,
    });
  if (!compressions.includes('zstd') && !compressions.includes('lz4')) {
    const why =
      compressions.length === 0
        ? 'The two rsyncs have no method in common.'
        : `${older} knows zlib only, which is slower than a fast line.`;
    losses.push({ what: 'quick compression', why, remedy: NEWER });
  }
  return losses;
}

/** Which end lacks a capability. */
function lacking(
  what: string,
  name: keyof RsyncVersion['capabilities'],
  local: RsyncVersion,
  remote: RsyncVersion,
): string {
  const here = `${nameRsync(local)} on this Mac`;
  const there = `${nameRsync(remote)} on the remote`;
  const ends = [...(local.capabilities[name] ? [] : [here]), ...(remote.capabilities[name] ? [] : [there])];
  return `${ends.join(' and ')} cannot carry ${what}.`;
}

function nameOlder(local: RsyncVersion, remote: RsyncVersion, least: RsyncVersion['version']): string {
  return isFull(local, least) ? `${nameRsync(remote)} on the remote` : `${nameRsync(local)} on this Mac`;
}

const isFull = ({ flavour, version }: RsyncVersion, least: RsyncVersion['version']): boolean =>
  flavour === 'gnu' && isAtLeast(version, least);
const isFullPair = (local: RsyncVersion, remote: RsyncVersion, least: RsyncVersion['version']): boolean =>
  isFull(local, least) && isFull(remote, least);
const senderOf = (context: NegotiationContext): string =>
  context.direction === 'push' ? context.localSystem : context.remoteSystem;
const receiverOf = (context: NegotiationContext): string =>
  context.direction === 'push' ? context.remoteSystem : context.localSystem;
