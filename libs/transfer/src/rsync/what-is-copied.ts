import { arg, type RsyncArgument } from './rsync-argument';
import type { TransferPlaces } from './transfer-places';
import type { TransferArgsInput } from './transfer-input';

/** Which names are looked at, and what of each is kept. */
export function whatIsCopied(input: TransferArgsInput, { isRelative }: TransferPlaces): RsyncArgument[] {
  const { pass, filterFile, isOneFileSystem } = input;
  const isFull = pass.kind === 'full';
  return [
    ...(isFull ? [EVERYTHING] : EACH_NAME),
    ...(isFull ? [] : namesOf(input)),
    ...(isByChecksum(input) ? [BY_CONTENT] : []),
    ...(keepsHardLinks(input) ? [arg('--hard-links', 'files that are one stay one')] : []),
    ...metadataOf(input),
    arg('--numeric-ids', 'owners are numbers; the two Macs may name them differently'),
    ...howTimesCompare(input),
    ...(isFull && isRelative
      ? [arg('--relative', 'the copy keeps the whole path, so that two roots can never meet')]
      : []),
    ...(isOneFileSystem === true ? [arg('--one-file-system', 'other disks mounted below are left out')] : []),
    arg('--from0', 'rules and names in files end in NUL'),
    ...(filterFile === null
      ? []
      : [arg(`--filter=merge ${filterFile}`, 'excludes, kept out of the argument list')]),
    ...attributeFilters(input),
  ];
}

function keepsHardLinks({ mode, negotiation: { features } }: TransferArgsInput): boolean {
  const isLinked = mode.kind === 'snapshot' && mode.linkDest !== null;
  return !isLinked || features.hardLinksInSnapshots;
}

const EVERYTHING = arg('--archive', 'folders, links, modes, times, owners, groups, devices');
/** What `--archive` means without its recursion. */
const EACH_NAME: readonly RsyncArgument[] = [
  arg('--links', 'links stay links'),
  arg('--perms', 'modes'),
  arg('--times', 'modification times'),
  arg('--group', 'groups'),
  arg('--owner', 'owners'),
  arg('--devices', 'devices'),
  arg('--specials', 'sockets and FIFOs'),
];

const BY_CONTENT = arg('--checksum', 'contents are compared, whatever size and time say');

const isByChecksum = ({ pass }: TransferArgsInput): boolean =>
  (pass.kind === 'full' || pass.kind === 'listed') && pass.isByChecksum === true;

function namesOf({ pass }: TransferArgsInput): RsyncArgument[] {
  if (pass.kind === 'full') return [];
  const list = arg(`--files-from=${pass.listFile}`, 'only these names are looked at');
  if (pass.kind === 'seed') return [list];
  return [
    list,
    arg('--dirs', 'a folder in the list is not walked through'),
    arg('--no-implied-dirs', 'folders above a listed name are left as they are'),
  ];
}

function metadataOf({ negotiation: { features } }: TransferArgsInput): RsyncArgument[] {
  return [
    ...(features.acls && features.attributes !== 'apple' ? [arg('--acls', 'access control lists')] : []),
    ...(features.attributes === 'gnu' ? [arg('--xattrs', 'extended attributes')] : []),
    // Its short form -E means executability to GNU rsync.
    ...(features.attributes === 'apple'
      ? [arg('--extended-attributes', "extended attributes and ACLs, in Apple's way")]
      : []),
    ...(features.crtimes ? [arg('--crtimes', 'creation times')] : []),
    ...(features.fileFlags ? [arg('--fileflags', 'flags such as "locked"')] : []),
  ];
}

function howTimesCompare({ negotiation }: TransferArgsInput): RsyncArgument[] {
  const seconds = negotiation.modifyWindowSeconds;
  if (seconds === 0) return [];
  const reason =
    seconds === -1 ? 'times are compared to the nanosecond' : 'the destination keeps every other second';
  return [arg(`--modify-window=${seconds}`, reason)];
}

/** macOS changes these whenever a file is looked at, so a copy that kept them would differ on every run. */
const RESTLESS_ATTRIBUTES = ['com.apple.lastuseddate#PS', 'com.apple.provenance'] as const;

function attributeFilters({ negotiation: { features, areMacs } }: TransferArgsInput): RsyncArgument[] {
  if (!areMacs || features.attributes !== 'gnu' || !features.attributeFilters) return [];
  return RESTLESS_ATTRIBUTES.map((name) => arg(`--filter=-x ${name}`, 'macOS changes it at every look'));
}
