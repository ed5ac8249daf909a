import {
  AbsolutePath,
  DestinationFolder,
  DisplayName,
  HostName,
  Port,
  UserName,
} from '@fleetclone/contracts';
import { z } from 'zod';
import { type BackupCommand, parseBackup } from './parse-backup';
import { check, flag, parseOptions, pathOf, pathsOf, text, texts } from './parse-options';
import { UsageError } from './usage-error';

export interface EnrollCommand {
  readonly kind: 'enroll';
  readonly controllerUrl: string;
  readonly token: string | undefined;
  readonly tokenFile: string | undefined;
  readonly name: string | undefined;
  readonly stateFolder: string | undefined;
  readonly isReplacing: boolean;
  /** Only what was given; the rest keeps its default, or what an earlier enrolment said. */
  readonly ssh: {
    readonly addresses?: string[];
    readonly port?: number;
    readonly user?: string;
    readonly hostKeyFiles?: string[];
    readonly authorizedKeysFile?: string;
  };
  readonly gateFolder: string | undefined;
  readonly sourceRoots: string[] | undefined;
  readonly destinationRoots: string[] | undefined;
}

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | EnrollCommand
  | BackupCommand
  | { readonly kind: 'run'; readonly stateFolder: string | undefined }
  | { readonly kind: 'status'; readonly stateFolder: string | undefined; readonly isJson: boolean };

const enrollOptions = {
  controller: text,
  token: text,
  'token-file': text,
  name: text,
  state: text,
  replace: flag,
  'ssh-address': texts,
  'ssh-port': text,
  'ssh-user': text,
  'ssh-host-key': texts,
  'authorized-keys': text,
  'gate-folder': text,
  'allow-source': texts,
  'allow-destination': texts,
} as const;

/** Reads the command line. Relative paths are taken from `cwd`. Throws `UsageError`. */
export function parseCommand(args: readonly string[], cwd: string): Command {
  const [first, ...rest] = args;
  if (first === undefined || first === 'help' || args.includes('--help') || args.includes('-h'))
    return { kind: 'help' };
  if (first === '--version' || first === 'version') return { kind: 'version' };
  switch (first) {
    case 'enroll':
      return parseEnroll(rest, cwd);
    case 'backup':
      return parseBackup(rest, cwd);
    case 'run': {
      const { state } = parseOptions(rest, { state: text }).values;
      return { kind: 'run', stateFolder: pathOf('--state', state, cwd) };
    }
    case 'status': {
      const { state, json } = parseOptions(rest, { state: text, json: flag }).values;
      return { kind: 'status', stateFolder: pathOf('--state', state, cwd), isJson: json ?? false };
    }
    default:
      throw new UsageError(`there is no command ${JSON.stringify(first)}; see fleetclone-agent --help`);
  }
}

function parseEnroll(args: readonly string[], cwd: string): EnrollCommand {
  const { values } = parseOptions(args, enrollOptions);
  if (values.controller === undefined) throw new UsageError('enroll needs --controller URL');
  if (values.token !== undefined && values['token-file'] !== undefined) {
    throw new UsageError('give --token or --token-file, not both');
  }
  return {
    kind: 'enroll',
    controllerUrl: parseControllerUrl(values.controller),
    token: values.token,
    tokenFile: pathOf('--token-file', values['token-file'], cwd),
    name: check('--name', DisplayName.optional(), values.name),
    stateFolder: pathOf('--state', values.state, cwd),
    isReplacing: values.replace ?? false,
    ssh: parseSsh(values, cwd),
    gateFolder: pathOf('--gate-folder', values['gate-folder'], cwd),
    sourceRoots: pathsOf('--allow-source', AbsolutePath, values['allow-source'], cwd),
    destinationRoots: pathsOf('--allow-destination', DestinationFolder, values['allow-destination'], cwd),
  };
}

function parseSsh(
  values: ReturnType<typeof parseOptions<typeof enrollOptions>>['values'],
  cwd: string,
): EnrollCommand['ssh'] {
  const addresses = values['ssh-address']?.map((address) => check('--ssh-address', HostName, address));
  const port = values['ssh-port'];
  const user = values['ssh-user'];
  const hostKeyFiles = pathsOf('--ssh-host-key', AbsolutePath, values['ssh-host-key'], cwd);
  const authorizedKeysFile = pathOf('--authorized-keys', values['authorized-keys'], cwd);
  return {
    ...(addresses !== undefined && { addresses }),
    ...(port !== undefined && { port: check('--ssh-port', z.coerce.number().pipe(Port), port) }),
    ...(user !== undefined && { user: check('--ssh-user', UserName, user) }),
    ...(hostKeyFiles !== undefined && { hostKeyFiles }),
    ...(authorizedKeysFile !== undefined && { authorizedKeysFile }),
  };
}

function parseControllerUrl(value: string): string {
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  if (parsed === undefined || !['http:', 'https:'].includes(parsed.protocol)) {
    throw new UsageError('--controller must be an address that begins with https:// or http://');
  }
  if (parsed.username !== '' || parsed.password !== '' || parsed.search !== '' || parsed.hash !== '') {
    throw new UsageError('--controller must be a plain address, without user, query or fragment');
  }
  return parsed.href.replace(/\/+$/, '');
}
