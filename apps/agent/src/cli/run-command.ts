import { readSettings } from '../config/agent-settings';
import { clearUnfinishedFiles, makePrivateFolder } from '../config/durable-file';
import { prepareStateFolder, readIdentity } from '../config/identity';
import { takeInstanceLock } from '../config/instance-lock';
import type { StateFolder } from '../config/state-folder';
import { Daemon } from '../daemon/daemon';
import type { Logger } from '../logging/logger';
import type { MacPlatform } from '../platform/mac-platform';
import { CommandFailedError } from './usage-error';

export interface RunSurroundings {
  readonly folder: StateFolder;
  readonly platform: MacPlatform;
  readonly log: Logger;
  /** Aborted by SIGTERM and SIGINT. */
  readonly signal: AbortSignal;
}

/** Works until told to stop. Throws when the agent is not enrolled, is running already, or has been revoked. */
export async function run({ folder, platform, log, signal }: RunSurroundings): Promise<void> {
  const identity = await readIdentity(folder);
  await prepareStateFolder(folder);
  const unlock = await takeInstanceLock(folder.lockFile);
  try {
    await makePrivateFolder(folder.keysFolder);
    await Promise.all([folder.path, folder.keysFolder].map(clearUnfinishedFiles));
    const daemon = await Daemon.start({
      folder,
      identity,
      settings: await readSettings(folder),
      platform,
      log,
    });
    if ((await daemon.untilEnded(signal)) === 'revoked') {
      throw new CommandFailedError('the controller has revoked this agent; enrol it again with --replace');
    }
  } finally {
    await unlock();
  }
}
