import {
  AbsolutePath,
  DestinationFolder,
  DisplayName,
  exclusionGroupIds,
  FilterPattern,
  HostName,
  Port,
  TransferOptions,
  UserName,
} from '@fleetclone/contracts';
import { z } from 'zod';
import { check, checkPath, flag, parseOptions, pathOf, text, texts } from './parse-options';
import { UsageError } from './usage-error';

export interface BackupCommand {
  readonly kind: 'backup';
  readonly sourcePaths: readonly string[];
  readonly remote: { readonly user: string; readonly host: string; readonly port: number };
  readonly planFolder: string;
  readonly identityFile: string;
  readonly hostKeyFiles: readonly string[];
  readonly name: string | undefined;
  readonly excludes: readonly string[];
  readonly options: TransferOptions;
  readonly isDryRun: boolean;
  readonly isJson: boolean;
  readonly isVerbose: boolean;
  readonly stateFolder: string | undefined;
}

const backupOptions = {
  to: text,
  identity: text,
  'host-key': texts,
  name: text,
  snapshots: flag,
  exclude: texts,
  include: texts,
  'no-group': texts,
  'one-file-system': flag,
  compression: text,
  limit: text,
  streams: text,
  'max-deletes': text,
  'full-scan-days': text,
  'dry-run': flag,
  json: flag,
  verbose: flag,
  state: text,
} as const;

type Values = ReturnType<typeof parseOptions<typeof backupOptions>>['values'];

/** Reads the arguments of `backup`. Throws `UsageError`. */
export function parseBackup(args: readonly string[], cwd: string): BackupCommand {
  const { values, positionals } = parseOptions(args, backupOptions, 'with-arguments');
  if (positionals.length === 0) throw new UsageError('backup needs at least one folder or file to back up');
  if (values.to === undefined) throw new UsageError('backup needs --to USER@HOST[:PORT]:FOLDER');
  if (values.identity === undefined) throw new UsageError('backup needs --identity FILE, a private key');
  if (values['host-key'] === undefined) {
    throw new UsageError("backup needs --host-key FILE.pub, a public host key of the remote's sshd");
  }
  return {
    kind: 'backup',
    sourcePaths: positionals.map((path) => checkPath('a source', AbsolutePath, path, cwd)),
    ...parseTarget(values.to),
    identityFile: checkPath('--identity', AbsolutePath, values.identity, cwd),
    hostKeyFiles: values['host-key'].map((path) => checkPath('--host-key', AbsolutePath, path, cwd)),
    name: check('--name', DisplayName.optional(), values.name),
    excludes: patterns('--exclude', values.exclude),
    options: parseTransferOptions(values),
    isDryRun: values['dry-run'] ?? false,
    isJson: values.json ?? false,
    isVerbose: values.verbose ?? false,
    stateFolder: pathOf('--state', values.state, cwd),
  };
}

const TARGET =
  /^(?<user>[^@\s]+)@(?:\[(?<bracketed>[^\]]*)\]|(?<plain>[^:[\]]+))(?::(?<port>\d+))?:(?<folder>\/.*)$/;

function parseTarget(to: string): Pick<BackupCommand, 'remote' | 'planFolder'> {
  const parts = TARGET.exec(to)?.groups;
  if (parts === undefined) {
    throw new UsageError(
      '--to must read USER@HOST[:PORT]:FOLDER with an absolute folder, as in root@backup.local:/Volumes/Backup/anns-mac/home; an IPv6 address stands in brackets',
    );
  }
  return {
    remote: {
      user: check('the user in --to', UserName, parts['user']),
      host: check('the host in --to', HostName, parts['bracketed'] ?? parts['plain']),
      port: check('the port in --to', z.coerce.number().pipe(Port), parts['port'] ?? '22'),
    },
    planFolder: check('the folder in --to', DestinationFolder, parts['folder']),
  };
}

function parseTransferOptions(values: Values): TransferOptions {
  const switchedOff = new Set(values['no-group'] ?? []);
  const unknown = [...switchedOff].find((id) => !(exclusionGroupIds as readonly string[]).includes(id));
  if (unknown !== undefined)
    throw new UsageError(`--no-group must be one of ${exclusionGroupIds.join(', ')}`);
  const number = (option: 'streams' | 'max-deletes' | 'full-scan-days'): number | undefined =>
    values[option] === undefined ? undefined : Number(values[option]);
  const given = {
    mode: values.snapshots === true ? 'snapshots' : 'mirror',
    compression: values.compression,
    bandwidth: values.limit,
    oneFileSystem: values['one-file-system'],
    exclusionGroups: exclusionGroupIds.filter((id) => !switchedOff.has(id)),
    includes: patterns('--include', values.include),
    streams: values.streams === 'auto' ? 'auto' : number('streams'),
    maxDeletes: number('max-deletes'),
    fullScanEveryDays: number('full-scan-days'),
  };
  const parsed = TransferOptions.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = String(issue?.path[0]);
  throw new UsageError(`--${NAMES[field] ?? field} ${issue?.message ?? 'is not valid'}`);
}

/** What the fields of `TransferOptions` are called on the command line, where that differs. */
const NAMES: Readonly<Partial<Record<string, string>>> = {
  bandwidth: 'limit',
  maxDeletes: 'max-deletes',
  fullScanEveryDays: 'full-scan-days',
};

const patterns = (option: string, given: readonly string[] | undefined): string[] =>
  (given ?? []).map((pattern) => check(option, FilterPattern, pattern));
