import { PARTIAL_FOLDER } from '../filter';
import { SSH_PATH } from '../ssh/ssh-command';
import { checkTransferInput } from './check-transfer-input';
import { arg, type RsyncArgument } from './rsync-argument';
import { placesOf, type TransferPlaces } from './transfer-places';
import type { TransferArgsInput } from './transfer-input';
import { whatIsCopied } from './what-is-copied';

export type { RsyncArgument } from './rsync-argument';
export {
  TransferArgsError,
  type TransferArgsField,
  type TransferArgsInput,
  type TransferMode,
  type TransferPass,
} from './transfer-input';

/**
 * The argument list of one run of rsync, each argument with its reason. It never holds an option that one of the two
 * rsyncs does not know. Throws TransferArgsError or SourcePathError for what cannot be asked for.
 */
export function buildTransferArgs(input: TransferArgsInput): readonly RsyncArgument[] {
  checkTransferInput(input);
  const places = placesOf(input);
  return [
    ...whatIsCopied(input, places),
    ...whatIsDeleted(input),
    ...howItIsPutInPlace(input, places),
    ...howItTravels(input),
    ...whatIsReported(input),
    arg('--', 'nothing after this is an option'),
    ...places.sources.map((source) => arg(source, places.sourceReason)),
    arg(places.destination, places.destinationReason),
  ];
}

function whatIsDeleted(input: TransferArgsInput): RsyncArgument[] {
  const { pass, negotiation, maxDelete } = input;
  const gone = DELETIONS[negotiation.features.deletion];
  const deleteMissing = arg(
    '--delete-missing-args',
    'names of the list that are not at the source are deleted',
  );
  const force = arg('--force', 'a folder gives way to what has its name now, whatever it holds');
  switch (pass.kind) {
    case 'full':
      return [
        ...(negotiation.features.noIncRecursive && !(input.found === 'nothing' && input.isNear === true)
          ? [
              arg(
                '--no-inc-recursive',
                'all names are known before the first deletion; five times faster over slow lines',
              ),
            ]
          : []),
        ...(input.found === 'nothing' ? [] : gone),
        ...(maxDelete === undefined || gone.length === 0 || input.found === 'nothing'
          ? []
          : [arg(`--max-delete=${maxDelete}`, 'more than this is not believed')]),
      ];
    case 'listed':
      return [
        ...(pass.deletesMissing === true ? [deleteMissing] : []),
        ...(pass.deletesInFolders === true ? gone : []),
        force,
      ];
    case 'erase':
      return [deleteMissing, force];
    case 'seed':
      return [arg('--ignore-existing', 'nothing that is there is replaced, so nothing can be lost')];
  }
}

const DELETIONS = {
  after: [
    arg('--delete-after', 'deletions come last, and not at all when the source could not be read completely'),
  ],
  plain: [arg('--delete', 'what is gone from the source is deleted')],
  none: [],
} as const satisfies Readonly<Record<string, readonly RsyncArgument[]>>;

function howItIsPutInPlace(
  { mode, pass, found = 'copy', negotiation: { features } }: TransferArgsInput,
  places: TransferPlaces,
): RsyncArgument[] {
  const usual = [
    ...(places.isDeep && features.mkpath ? [arg('--mkpath', 'folders above the copy are made')] : []),
    arg(
      `--partial-dir=${PARTIAL_FOLDER}`,
      'a file cut in the middle is resumed, and never seen half-written',
    ),
  ];
  if (mode.kind === 'snapshot') {
    const { linkDest } = places;
    const isLinked = linkDest !== null && pass.kind !== 'erase';
    return [
      ...usual,
      ...(isLinked
        ? [arg(`--link-dest=${linkDest}`, 'what is the same in that snapshot is linked, not copied')]
        : []),
    ];
  }
  if (pass.kind === 'seed' || found !== 'copy') return usual;
  return [
    ...(pass.kind === 'erase' || !features.delayUpdates
      ? []
      : [arg('--delay-updates', 'new files are put in place together, at the end')]),
    ...usual,
    arg('--backup', 'what is replaced or deleted is kept'),
    arg(`--backup-dir=${places.backup}`, 'where it is kept'),
  ];
}

function howItTravels(input: TransferArgsInput): RsyncArgument[] {
  const { far, negotiation, isWholeFile } = input;
  const { pathOptions, escapedOptionsStay } = negotiation.features;
  const isEscaped = escapedOptionsStay && far.kind === 'gate' && /[^A-Za-z0-9._/-]/.test(far.moduleRoot);
  return [
    arg(`--timeout=${input.ioTimeoutSeconds ?? 60}`, 'a dead line is given up after so many seconds'),
    ...howItIsCompressed(input),
    ...(isWholeFile === true ? [arg('--whole-file', 'on this line sending is quicker than comparing')] : []),
    ...(far.kind === 'shell' ? pathOptions.map((option) => arg(option, 'paths are quoted by us')) : []),
    ...(isEscaped
      ? [arg('--protect-args', 'the remote would keep the backslashes of a plain command line')]
      : []),
    arg(
      `--rsync-path=${far.rsyncPath}`,
      far.kind === 'gate' ? 'the gate, with the plan, the run and its fence' : "the remote's rsync",
    ),
    arg(
      `--rsh=${SSH_PATH} -F ${rshQuoted(far.sshConfigFile)}`,
      'ssh with our settings and pinned host keys only',
    ),
  ];
}

function howItIsCompressed({ compression, skipCompress, negotiation }: TransferArgsInput): RsyncArgument[] {
  const { method, level } = compression;
  const { features } = negotiation;
  if (method === 'none') return [];
  const reason = 'compressed on the wire only';
  // zlibx is zlib without the blocks that the receiver has already, and the one that every 3.2 has.
  const choice = method === 'zlib' ? 'zlibx' : method;
  const hasLevel = method !== 'lz4' && level !== undefined && level !== null;
  return [
    features.compressChoice ? arg(`--compress-choice=${choice}`, reason) : arg('--compress', reason),
    ...(hasLevel ? [arg(`--compress-level=${level}`, 'how hard it is tried')] : []),
    ...(skipCompress !== undefined && features.skipCompress
      ? [arg(`--skip-compress=${skipCompress.join('/')}`, 'files that would not get smaller')]
      : []),
  ];
}

function whatIsReported({ negotiation, isDryRun }: TransferArgsInput): RsyncArgument[] {
  const { progress } = negotiation.features;
  return [
    ...(isDryRun === true ? [arg('--dry-run', 'nothing is changed, only told')] : []),
    arg('--8-bit-output', 'names come as bytes'),
    ...PROGRESS[progress],
    arg('--out-format=%i|%l|%n', 'one line for each change, the name last'),
  ];
}

const STATISTICS = arg('--stats', 'statistics at the end');
const LINE_BY_LINE: readonly RsyncArgument[] = [
  arg('--no-human-readable', 'plain numbers'),
  arg('--outbuf=L', 'lines come as they are written'),
];

const PROGRESS = {
  whole: [
    arg(
      '--info=progress2,stats2,name0,flist2',
      'progress of the whole, statistics, and a sign of life while scanning',
    ),
    ...LINE_BY_LINE,
  ],
  // The other words would be passed on to the remote, which does not know them.
  'whole-plain': [arg('--info=progress2', 'progress of the whole'), STATISTICS, ...LINE_BY_LINE],
  files: [arg('--progress', 'progress of each file, and a sign of life'), STATISTICS],
} as const satisfies Readonly<Record<string, readonly RsyncArgument[]>>;

// rsync itself splits the --rsh string at blanks; inside quotes a doubled quote stands for one.
const rshQuoted = (path: string): string => `'${path.replaceAll("'", "''")}'`;
