import { type BackupOrder, DestinationFolder } from '@fleetclone/contracts';
import { type PreviewItem } from '@fleetclone/transfer';
import { createHash, randomUUID } from 'node:crypto';
import { readFile, realpath, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { makePrivateFolder } from '../config/durable-file';
import { prepareStateFolder } from '../config/identity';
import type { StateFolder } from '../config/state-folder';
import type { Logger } from '../logging/logger';
import { assertSourcesAllowed } from '../orders/local-policy';
import type { MacPlatform } from '../platform/mac-platform';
import { parseHostKey } from '../platform/ssh-facts';
import { type AttemptContext, usualPatience } from '../supervisor/attempt-context';
import type { AttemptEnd } from '../supervisor/attempt-end';
import { type AttemptPreview, previewAttempt } from '../supervisor/preview-attempt';
import { runAttempt, type StopReason } from '../supervisor/run-attempt';
import type { BackupCommand } from './parse-backup';
import { type BackupScreen, showBackup } from './show-backup';
import { CommandFailedError } from './usage-error';

export interface BackupSurroundings {
  readonly folder: StateFolder;
  readonly platform: MacPlatform;
  readonly log: Logger;
  readonly writeOut: (text: string) => void;
  readonly writeError: (text: string) => void;
  readonly isTerminal: boolean;
  readonly signal: AbortSignal;
}

/** Exit codes of `fleetclone-agent backup`. */
const EXIT_CODES = {
  succeeded: 0,
  failed: 1,
  'not-ready': 1,
  partial: 3,
  cancelled: 130,
} as const satisfies Record<AttemptEnd['state'], number>;

/** One backup without a controller, or a look at what it would do; gives the exit code. */
export async function backUp(command: BackupCommand, surroundings: BackupSurroundings): Promise<number> {
  await prepareStateFolder(surroundings.folder);
  const screen = showBackup(command, surroundings);
  const order = await orderOf(command);
  const folder = join(surroundings.folder.path, 'backups', order.plan.id);
  await rm(folder, { recursive: true, force: true });
  await makePrivateFolder(folder);
  const stop = new AbortController();
  const cancel = (): void => stop.abort('cancelled' satisfies StopReason);
  surroundings.signal.addEventListener('abort', cancel, { once: true });
  if (surroundings.signal.aborted) cancel();
  const context = contextOf(command, order, folder, { surroundings, screen, signal: stop.signal });
  if (command.isDryRun) return preview(context, screen);
  const end = await runAttempt(context);
  if (end === undefined) throw new CommandFailedError('the backup was stopped');
  screen.end(end, folder);
  return EXIT_CODES[end.state];
}

async function preview(context: AttemptContext, screen: BackupScreen): Promise<number> {
  const look: AttemptPreview = await previewAttempt(context, (item: PreviewItem) => screen.item(item));
  screen.preview(look);
  return EXIT_CODES[look.state];
}

/** What a controller would order, from the command line. */
async function orderOf(command: BackupCommand): Promise<BackupOrder> {
  const { remote, planFolder, sourcePaths } = command;
  const [firstKey, ...otherKeys] = await Promise.all(command.hostKeyFiles.map(readHostKey));
  if (firstKey === undefined) throw new CommandFailedError('--host-key names no file');
  const now = new Date();
  const time = `${now.toISOString().slice(0, 10)}T${now.toISOString().slice(11, 19).replaceAll(':', '')}Z`;
  const target = `${remote.user}@${remote.host}:${remote.port}`;
  return {
    type: 'backup',
    runId: randomUUID(),
    // Grows from run to run without anything that would have to be kept: tenths of seconds since 1970.
    fence: Math.floor(now.getTime() / 100),
    plan: {
      id: uuidOf(`plan ${target}${planFolder}`),
      name: command.name ?? basename(planFolder),
      slug: 'backup',
    },
    sourcePaths: await Promise.all(sourcePaths.map(followLinks)),
    excludes: [...command.excludes],
    remote: { ...remote, macId: uuidOf(`remote ${target}`), hostKeys: [firstKey, ...otherKeys] },
    credentialId: uuidOf(`credential ${command.identityFile}`),
    planFolder: DestinationFolder.parse(planFolder),
    archiveName: time,
    snapshotName: time,
    options: command.options,
  };
}

async function followLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return path; // the preflight says what is wrong with it
  }
}

async function readHostKey(path: string): Promise<string> {
  const [key] = parseHostKey(await readFile(path, 'utf8'));
  if (key === undefined) throw new CommandFailedError(`${path} is not an OpenSSH public key`);
  return key;
}

/** The same id for the same words, in the form of a UUID (RFC 9562, version 8). */
function uuidOf(words: string): string {
  const hex = createHash('sha256').update(`fleetclone ${words}`).digest('hex');
  const variant = ((parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

interface ContextParts {
  readonly surroundings: BackupSurroundings;
  readonly screen: BackupScreen;
  readonly signal: AbortSignal;
}

function contextOf(
  command: BackupCommand,
  order: BackupOrder,
  folder: string,
  { surroundings, screen, signal }: ContextParts,
): AttemptContext {
  const stateFolder = surroundings.folder.path;
  return {
    order,
    folder,
    log: { say: (level, text) => screen.say(level, text) },
    logger: surroundings.log,
    reach: (state) => {
      screen.reach(state);
      return Promise.resolve();
    },
    onProgress: (progress) => screen.progress(progress),
    signal,
    mac: { id: uuidOf(`mac ${hostname()}`), name: hostname() },
    stateFolder,
    keyFileOf: () => command.identityFile,
    assertSourcesAllowed: (paths) => assertSourcesAllowed(paths, ['/'], stateFolder),
    keepAwake: (pid) => surroundings.platform.keepAwake(pid),
    patience: usualPatience,
  };
}
