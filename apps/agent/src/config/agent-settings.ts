import { AbsolutePath, DestinationFolder, HostName, Port, UserName } from '@fleetclone/contracts';
import { z } from 'zod';
import { parseJsonFile } from './identity';
import { readFileIfAny, replaceFile } from './durable-file';
import type { StateFolder } from './state-folder';

/**
 * What the owner of this Mac has decided, at enrolment or by editing `config.json`: what may leave it, what may come in, and
 * how it is reached. No order of the controller can widen it.
 */
export const AgentSettings = z.object({
  ssh: z
    .object({
      /** Replaces the addresses that the agent finds by itself. */
      addresses: z.array(HostName).max(16).optional(),
      port: Port.optional(),
      user: UserName.optional(),
      /** Public halves (`.pub`) of the host keys of the sshd that serves this Mac's backups. */
      hostKeyFiles: z.array(AbsolutePath).max(8).optional(),
      authorizedKeysFile: AbsolutePath.optional(),
    })
    .default({}),
  gateFolder: AbsolutePath.optional(),
  /** Backups may read below these folders only. */
  sourceRoots: z.array(AbsolutePath).min(1).max(64).default(['/']),
  /** Other Macs may be let in to folders below these only; none means that this Mac takes no backups. */
  destinationRoots: z.array(DestinationFolder).max(64).default([]),
});
export type AgentSettings = z.infer<typeof AgentSettings>;

/** Reads `config.json`; a missing file means the defaults. */
export async function readSettings(folder: StateFolder): Promise<AgentSettings> {
  const text = await readFileIfAny(folder.settingsFile);
  return text === undefined
    ? AgentSettings.parse({})
    : parseJsonFile(folder.settingsFile, text, AgentSettings);
}

export async function writeSettings(folder: StateFolder, settings: AgentSettings): Promise<void> {
  await replaceFile(folder.settingsFile, `${JSON.stringify(settings, null, 2)}\n`);
}
