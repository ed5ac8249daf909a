import { homedir } from 'node:os';
import { join } from 'node:path';
import { EnvironmentError, loadEnvironment } from '../config/load-environment';
import { AlreadyRunningError } from '../config/instance-lock';
import { DamagedStateError, NotEnrolledError } from '../config/identity';
import { type StateFolder, stateFolderAt } from '../config/state-folder';
import { describeError } from '../errors/describe-error';
import { ControllerRefusedError, ControllerUnreachableError } from '../http/controller-client';
import { createLogger } from '../logging/logger';
import { currentPlatform, UnsupportedPlatformError } from '../platform/current-platform';
import type { MacPlatform } from '../platform/mac-platform';
import { agentVersion } from '../version';
import { backUp } from './backup-command';
import { enroll } from './enroll-command';
import { helpText } from './help';
import { type Command, parseCommand } from './parse-command';
import { run } from './run-command';
import { readStatus, renderStatus } from './status-command';
import { CommandFailedError, UsageError } from './usage-error';

export interface CliSurroundings {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly writeOut: (text: string) => void;
  readonly writeError: (text: string) => void;
  readonly signal: AbortSignal;
}

// Foreseen failures are told in one line; anything else is a mistake of ours and keeps its stack.
const foreseen = [
  CommandFailedError,
  NotEnrolledError,
  DamagedStateError,
  AlreadyRunningError,
  EnvironmentError,
  UnsupportedPlatformError,
  ControllerRefusedError,
  ControllerUnreachableError,
];

/** Runs one command line to its end; gives the exit code: 0 done, 1 failed, 2 wrong use; `backup` has more. */
export async function runCli(surroundings: CliSurroundings): Promise<number> {
  const { writeError } = surroundings;
  try {
    return (await execute(parseCommand(surroundings.args, surroundings.cwd), surroundings)) ?? 0;
  } catch (error) {
    const isForeseen = foreseen.some((kind) => error instanceof kind) || isSystemError(error);
    if (!isForeseen && !(error instanceof UsageError)) throw error;
    writeError(`fleetclone-agent: ${describeError(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** Gives an exit code if it is not 0. */
async function execute(command: Command, surroundings: CliSurroundings): Promise<number | undefined> {
  const { writeOut, writeError, signal } = surroundings;
  if (command.kind === 'help' || command.kind === 'version') {
    writeOut(command.kind === 'help' ? helpText : `${agentVersion}\n`);
    return undefined;
  }
  const environment = loadEnvironment(surroundings.env);
  const platform = currentPlatform();
  const folder = chooseStateFolder(command.stateFolder, platform);
  switch (command.kind) {
    case 'enroll': {
      const warn = (line: string): void => writeError(`fleetclone-agent: ${line}\n`);
      writeOut(
        `${await enroll(command, { folder, platform, environmentToken: environment.enrolToken, warn })}\n`,
      );
      return undefined;
    }
    case 'backup': {
      const log = createLogger(environment.logLevel === 'info' ? 'warn' : environment.logLevel);
      const isTerminal = process.stderr.isTTY;
      return backUp(command, { folder, platform, log, writeOut, writeError, isTerminal, signal });
    }
    case 'run':
      await run({ folder, platform, log: createLogger(environment.logLevel), signal });
      return undefined;
    case 'status': {
      const report = await readStatus(folder);
      writeOut(command.isJson ? `${JSON.stringify(report, null, 2)}\n` : renderStatus(report, new Date()));
      return undefined;
    }
  }
}

function chooseStateFolder(given: string | undefined, platform: MacPlatform): StateFolder {
  const usual = process.getuid?.() === 0 ? platform.rootStateFolder : join(homedir(), '.fleetclone-agent');
  return stateFolderAt(given ?? usual);
}

/** The operating system said no (disk full, no permission): not a mistake in the program. */
function isSystemError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'syscall' in error;
}
