import { normaliseRemotePath, RemotePathError } from './remote-path';
import { normaliseSourcePaths } from './source-paths';
import { canBeRoot } from './transfer-places';
import { TransferArgsError, type TransferArgsField, type TransferArgsInput } from './transfer-input';

/** Longest lists and numbers that make sense; beyond them somebody else's mistake is more likely. */
const MOST_SUFFIXES = 200;
const LEVELS = { none: [0, 0], zlib: [1, 9], lz4: [0, 0], zstd: [1, 19] } as const;

/**
 * Throws TransferArgsError for the first value that could change the meaning of the argument list or that this pair of
 * rsyncs cannot be asked for, and SourcePathError for sources that are not absolute paths.
 */
export function checkTransferInput(input: TransferArgsInput): void {
  check(input.negotiation.direction === input.direction, 'direction');
  checkFarEnd(input);
  checkMode(input);
  checkPass(input);
  checkTuning(input);
}

function checkFarEnd(input: TransferArgsInput): void {
  const { far } = input;
  check(isPlainPath(far.sshConfigFile), 'sshConfigFile');
  if (far.kind === 'gate') {
    // Without a forced command a shell would read this string, so nothing that one acts on may be in it.
    check(/^[A-Za-z0-9._/%+,:=@-]+( [A-Za-z0-9._/%+,:=@-]+)*$/.test(far.rsyncPath), 'rsyncPath');
    check(far.moduleRoot === '' || isModuleRoot(far.moduleRoot), 'moduleRoot');
  } else {
    check(/^(?:\/[A-Za-z0-9._+@-]+)+$/.test(far.rsyncPath), 'rsyncPath');
    if ('folder' in far) checkFolder(far.folder, 'folder');
  }
  if (input.direction === 'pull') checkFolder(input.destinationFolder, 'destinationFolder');
}

function checkFolder(path: string, field: TransferArgsField): void {
  try {
    check(normaliseRemotePath(path) !== '/', field);
  } catch (error) {
    if (error instanceof RemotePathError) throw new TransferArgsError(field, { cause: error });
    throw error;
  }
}

function checkMode({ mode }: TransferArgsInput): void {
  if (mode.kind === 'mirror') check(isPlainWord(mode.archiveName), 'archiveName');
  else check(mode.linkDest === null || isPlainWord(mode.linkDest), 'linkDest');
}

function checkPass(input: TransferArgsInput): void {
  const { pass, sourcePaths, filterFile, negotiation, far, direction } = input;
  check(filterFile === null || isPlainPath(filterFile), 'filterFile');
  if (pass.kind === 'full') {
    check(sourcePaths.every(isWellFormed), 'sourcePaths');
    check(
      direction === 'push' || far.kind === 'shell' || normaliseSourcePaths(sourcePaths).length === 1,
      'sourcePaths',
    );
    if (pass.isFromInside === true) {
      const [source = '', ...others] = normaliseSourcePaths(sourcePaths);
      check(direction === 'push' && far.kind === 'gate', 'pass');
      check(others.length === 0 && canBeRoot(source), 'sourcePaths');
    }
    return;
  }
  check(isPlainPath(pass.listFile), 'listFile');
  if (pass.kind !== 'seed' && pass.root !== undefined) {
    check(direction === 'push' && far.kind === 'gate', 'pass');
    check(canBeRoot(pass.root), 'root');
  }
  // What the gate serves for a pull is one source, and names seen from "/" mean nothing there.
  check(direction === 'push' || far.kind === 'shell', 'pass');
  const needsMissingArgs = pass.kind !== 'seed';
  check(!needsMissingArgs || negotiation.features.deleteMissingArgs, 'pass');
  if (pass.kind === 'erase') checkFolder(pass.emptyFolder, 'emptyFolder');
}

function checkTuning({
  compression,
  skipCompress,
  ioTimeoutSeconds,
  maxDelete,
  negotiation,
}: TransferArgsInput): void {
  const { method, level } = compression;
  check(method === 'none' || negotiation.compressions.includes(method), 'compression');
  const [least, most] = LEVELS[method];
  const isLevel = level === undefined || level === null || most === 0 || (level >= least && level <= most);
  check(isLevel && (level === undefined || level === null || Number.isInteger(level)), 'compression');
  const suffixes = skipCompress ?? [];
  check(
    suffixes.length <= MOST_SUFFIXES && suffixes.every((one) => /^[A-Za-z0-9]{1,16}$/.test(one)),
    'skipCompress',
  );
  check(isPositive(ioTimeoutSeconds ?? 1), 'ioTimeoutSeconds');
  check(isPositive(maxDelete ?? 1), 'maxDelete');
}

const isPlainPath = (path: string): boolean =>
  path.startsWith('/') && !/\p{Cc}/u.test(path) && isWellFormed(path);
const isPlainWord = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name);
const isModuleRoot = (path: string): boolean =>
  /^\/[^%\\\p{Cc}]*[^/%\\\p{Cc}]$/u.test(path) &&
  isWellFormed(path) &&
  !path.split('/').some((part) => part === '.' || part === '..');
const isPositive = (value: number): boolean => Number.isSafeInteger(value) && value > 0;
/** Half of a surrogate pair would reach rsync as another character. */
const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text);

function check(condition: boolean, field: TransferArgsField): asserts condition {
  if (!condition) throw new TransferArgsError(field);
}
