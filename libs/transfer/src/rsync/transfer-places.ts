import { SSH_HOST_ALIAS } from '../ssh/ssh-config';
import { normaliseRemotePath, quoteRemotePath } from './remote-path';
import { normaliseSourcePaths } from './source-paths';
import type { PullInput, PushInput, TransferArgsInput, TransferMode } from './transfer-input';

/** The paths of one run of rsync, spelt as each of its readers wants them. */
export interface TransferPlaces {
  readonly sources: readonly string[];
  readonly sourceReason: string;
  readonly destination: string;
  readonly destinationReason: string;
  /** Where a mirror keeps what it replaces; for `--backup-dir`. */
  readonly backup: string;
  /** The snapshot that a new one is linked to, for `--link-dest`; null for none. */
  readonly linkDest: string | null;
  /** Whether rsync is to keep the sources' whole paths; if not, the destination holds them already. */
  readonly isRelative: boolean;
  /** The destination may lack more than its last folder. */
  readonly isDeep: boolean;
}

/** Of an input that was checked. Throws SourcePathError. */
export function placesOf(input: TransferArgsInput): TransferPlaces {
  return input.direction === 'push' ? pushPlaces(input) : pullPlaces(input);
}

function pushPlaces(input: PushInput): TransferPlaces {
  const { far, mode } = input;
  if (far.kind === 'gate') return pushThroughGate(input, far.moduleRoot);
  const folder = `${normaliseRemotePath(far.folder)}/${copyFolder(mode)}/`;
  return {
    sources: sendersPaths(input),
    sourceReason: 'source',
    isRelative: true,
    isDeep: false,
    destination: `${SSH_HOST_ALIAS}:${quoteRemotePath(folder)}`,
    destinationReason: "the plan's folder at the remote",
    // Seen from the copy, so that nothing of the folder's name has to get through the remote's shell in an option.
    ...besideCopy(mode, (name) => `../${name}`),
  };
}

function pushThroughGate(input: PushInput, moduleRoot: string): TransferPlaces {
  const { mode } = input;
  const root = rootOf(input);
  const isFromInside = input.pass.kind === 'full' && root !== '';
  return {
    sources: isFromInside ? [`${root}/`] : sendersPaths(input),
    sourceReason: isFromInside ? 'the content of the source' : 'source',
    isRelative: !isFromInside,
    isDeep: false,
    destination: `${SSH_HOST_ALIAS}::plan${moduleRoot}/${copyFolder(mode)}${root}/`,
    destinationReason:
      root === ''
        ? "the plan's folder, as the gate's rsync daemon calls it"
        : `the place of ${root} in the plan's folder, as the gate's rsync daemon calls it`,
    ...besideCopy(mode, (folder) => `${moduleRoot}/${folder}${root}`),
  };
}

/** The folder, at both ends, that a push through the gate sees names from; empty for `/`. */
function rootOf({ pass, sourcePaths }: PushInput): string {
  if (pass.kind === 'full')
    return pass.isFromInside === true ? (normaliseSourcePaths(sourcePaths)[0] ?? '') : '';
  return (pass.kind === 'seed' ? '' : pass.root) ?? '';
}

/** Whether a folder's path can be part of the destination's: neither rsync nor the gate finds a meaning in it. */
export function canBeRoot(folder: string): boolean {
  return /^(?:\/[A-Za-z0-9_][A-Za-z0-9._-]*)+$/.test(folder);
}

function pullPlaces(input: PullInput): TransferPlaces {
  const { far, mode, destinationFolder } = input;
  const folder = normaliseRemotePath(destinationFolder);
  if (far.kind === 'gate') return pullThroughGate(input, folder, far.moduleRoot);
  return {
    sources: remoteSources(sendersPaths(input)),
    sourceReason: 'source at the remote',
    isRelative: true,
    isDeep: false,
    destination: `${folder}/${copyFolder(mode)}/`,
    destinationReason: "the plan's folder on this Mac",
    ...besideCopy(mode, (name) => `../${name}`),
  };
}

/**
 * The gate serves one source without what is above it, so the destination names the whole path. A source that is the
 * module itself is copied by its content, any other by its name.
 */
function pullThroughGate(
  { mode, sourcePaths }: PullInput,
  folder: string,
  moduleRoot: string,
): TransferPlaces {
  const [source = ''] = normaliseSourcePaths(sourcePaths);
  const below = moduleRoot === '' ? source : source.slice(0, source.lastIndexOf('/'));
  return {
    sources: [`${SSH_HOST_ALIAS}::source${moduleRoot === '' ? '/' : moduleRoot}`],
    sourceReason: "the source, as the gate's rsync daemon calls it",
    isRelative: false,
    isDeep: true,
    destination: `${folder}/${copyFolder(mode)}${below}/`,
    destinationReason: "the source's place in the plan's folder on this Mac",
    ...besideCopy(mode, (name) => `${folder}/${name}${below}`),
  };
}

const copyFolder = (mode: TransferMode): string => (mode.kind === 'mirror' ? 'current' : 'partial');

function besideCopy(
  mode: TransferMode,
  place: (name: string) => string,
): Pick<TransferPlaces, 'backup' | 'linkDest'> {
  return {
    backup: mode.kind === 'mirror' ? place(`archive/${mode.archiveName}`) : '',
    linkDest: mode.kind === 'snapshot' && mode.linkDest !== null ? place(`snapshots/${mode.linkDest}`) : null,
  };
}

/** What the sender is asked to read: the sources, or the folder that the names of a list are seen from. */
function sendersPaths({ pass, sourcePaths }: TransferArgsInput): readonly string[] {
  switch (pass.kind) {
    case 'full':
      return normaliseSourcePaths(sourcePaths);
    case 'erase':
      return [`${normaliseRemotePath(pass.emptyFolder)}/`];
    case 'listed':
      return [`${pass.root ?? ''}/`];
    case 'seed':
      return ['/'];
  }
}

/** Several sources of one host are one argument, which the remote's shell splits: the oldest rsync knows no other way. */
function remoteSources(paths: readonly string[]): readonly string[] {
  return [`${SSH_HOST_ALIAS}:${paths.map(quoteRemotePath).join(' ')}`];
}
