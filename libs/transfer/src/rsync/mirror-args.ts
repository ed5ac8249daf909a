import { SSH_PATH } from '../ssh/ssh-command';
import { SSH_HOST_ALIAS } from '../ssh/ssh-config';
import { PARTIAL_FOLDER } from './filter-file';
import type { RsyncCapabilities } from './rsync-version';
import { normaliseSourcePaths } from './source-paths';

/** One element of the argument list, and why it is there. */
export interface RsyncArgument {
  readonly argument: string;
  readonly reason: string;
}

export interface MirrorArgsInput {
  /** Absolute paths of folders or files. The caller resolves symlinks: a root that is one is copied as a link. */
  readonly sourcePaths: readonly string[];
  /** Written by `writeFilterFile`. */
  readonly filterFile: string;
  /** Names the folder under `archive/`; never use one twice, or the second attempt overwrites what the first one kept. */
  readonly archiveName: string;
  /** What the remote is asked to run in place of `rsync`: the gate's verb with its arguments. */
  readonly rsyncPath: string;
  /** What a path of the plan begins with inside the gate's module, as `fc begin` says: empty, or the plan's folder. */
  readonly moduleRoot: string;
  /** Written by `writeSshConfig`. */
  readonly sshConfigFile: string;
  readonly compression: 'zstd' | 'none';
  /**
   * Whether the file systems of both ends keep times finer than a second (APFS and ext4 do, HFS+ and exFAT do not).
   * If so, an edit that leaves size and second alone is noticed; claimed falsely, every file is copied on every run.
   */
  readonly keepsSubseconds: boolean;
  readonly bandwidthLimitKiBps?: number;
  /** After so long without a byte either way rsync gives up (exit 30); default 60. */
  readonly ioTimeoutSeconds?: number;
  /** What both ends can carry; one that misses a kind of metadata would refuse the whole copy. */
  readonly capabilities: RsyncCapabilities;
}

/** An input that must not reach rsync's argument list. */
export class MirrorArgsError extends Error {
  override readonly name = 'MirrorArgsError';
  readonly code = 'TRANSFER.ARGUMENTS_INVALID';

  constructor(readonly field: keyof MirrorArgsInput) {
    super(`${field} cannot be part of an rsync command`);
  }
}

/**
 * The argument list that mirrors the sources into `plan/current/` behind the gate, for GNU rsync ≥ 3.2.7 at both ends.
 * The copy of `/Users/ann` becomes `current/Users/ann`; what is replaced or deleted moves to `archive/<archiveName>/`.
 * Only below the source roots is anything deleted. Throws SourcePathError or MirrorArgsError.
 */
export function buildMirrorArgs(input: MirrorArgsInput): readonly RsyncArgument[] {
  check(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(input.archiveName), 'archiveName');
  // Without a forced command a shell would read this string, so nothing that one acts on may be in it.
  check(/^[A-Za-z0-9._/%+,:=@-]+( [A-Za-z0-9._/%+,:=@-]+)*$/.test(input.rsyncPath), 'rsyncPath');
  check(input.moduleRoot === '' || isModuleRoot(input.moduleRoot), 'moduleRoot');
  check(isPlainPath(input.sshConfigFile), 'sshConfigFile');
  check(isPlainPath(input.filterFile), 'filterFile');
  check(isPositive(input.bandwidthLimitKiBps ?? 1), 'bandwidthLimitKiBps');
  check(isPositive(input.ioTimeoutSeconds ?? 1), 'ioTimeoutSeconds');
  return [
    ...whatIsCopied(input),
    ...howItIsPutInPlace(input),
    ...howItTravels(input),
    ...WHAT_IS_REPORTED,
    arg('--', 'nothing after this is an option'),
    ...normaliseSourcePaths(input.sourcePaths).map((path) => arg(path, 'source')),
    arg(
      `${SSH_HOST_ALIAS}::plan${input.moduleRoot}/current/`,
      "the plan's folder, as the gate's rsync daemon calls it",
    ),
  ];
}

function whatIsCopied({ capabilities, filterFile, keepsSubseconds }: MirrorArgsInput): RsyncArgument[] {
  return [
    arg('--archive', 'folders, links, modes, times, owners, groups, devices'),
    arg('--hard-links', 'files that are one stay one'),
    ...(capabilities.acls ? [arg('--acls', 'access control lists')] : []),
    ...(capabilities.xattrs ? [arg('--xattrs', 'extended attributes')] : []),
    ...(capabilities.crtimes ? [arg('--crtimes', 'creation times')] : []),
    arg('--numeric-ids', 'owners are numbers; the two Macs may name them differently'),
    ...(keepsSubseconds ? [arg('--modify-window=-1', 'times are compared to the nanosecond')] : []),
    arg('--relative', 'the copy keeps the whole path, so that two roots can never meet'),
    arg('--from0', 'rules in the filter file end in NUL'),
    arg(`--filter=merge ${filterFile}`, 'excludes, kept out of the argument list'),
  ];
}

function howItIsPutInPlace({ archiveName, moduleRoot }: MirrorArgsInput): RsyncArgument[] {
  return [
    arg(
      '--no-inc-recursive',
      'all names are known before the first deletion; five times faster over slow lines',
    ),
    arg('--delete-after', 'deletions come last, and not at all when the source could not be read completely'),
    arg('--delay-updates', 'new files are put in place together, at the end'),
    arg(
      `--partial-dir=${PARTIAL_FOLDER}`,
      'a file cut in the middle is resumed, and never seen half-written',
    ),
    arg('--backup', 'what is replaced or deleted is kept'),
    arg(`--backup-dir=${moduleRoot}/archive/${archiveName}`, 'where it is kept, as the gate calls it'),
  ];
}

function howItTravels(input: MirrorArgsInput): RsyncArgument[] {
  const limit = input.bandwidthLimitKiBps;
  return [
    arg(`--timeout=${input.ioTimeoutSeconds ?? 60}`, 'a dead line is given up after so many seconds'),
    ...(input.compression === 'zstd'
      ? [
          arg('--compress-choice=zstd', 'compressed on the wire only'),
          arg('--compress-level=3', 'loses on no line measured'),
        ]
      : []),
    ...(limit === undefined ? [] : [arg(`--bwlimit=${limit}`, 'at most so many KiB a second')]),
    arg(`--rsync-path=${input.rsyncPath}`, 'the gate, with the plan, the run and its fence'),
    arg(
      `--rsh=${SSH_PATH} -F ${rshQuoted(input.sshConfigFile)}`,
      'ssh with our settings and pinned host keys only',
    ),
  ];
}

const WHAT_IS_REPORTED: readonly RsyncArgument[] = [
  arg('--8-bit-output', 'names come as bytes'),
  arg(
    '--info=progress2,stats2,name0,flist2',
    'progress of the whole, statistics, and a sign of life while scanning',
  ),
  arg('--no-human-readable', 'plain numbers'),
  arg('--outbuf=L', 'lines come as they are written'),
  arg('--out-format=%i|%l|%n', 'one line for each change, the name last'),
];

function arg(argument: string, reason: string): RsyncArgument {
  return { argument, reason };
}

// rsync itself splits the --rsh string at blanks; inside quotes a doubled quote stands for one.
const rshQuoted = (path: string): string => `'${path.replaceAll("'", "''")}'`;

const isPlainPath = (path: string): boolean => path.startsWith('/') && !/\p{Cc}/u.test(path);
const isModuleRoot = (path: string): boolean =>
  /^\/[^%\\\p{Cc}]*[^/%\\\p{Cc}]$/u.test(path) &&
  !path.split('/').some((part) => part === '.' || part === '..');
const isPositive = (value: number): boolean => Number.isSafeInteger(value) && value > 0;

function check(condition: boolean, field: keyof MirrorArgsInput): asserts condition {
  if (!condition) throw new MirrorArgsError(field);
}
