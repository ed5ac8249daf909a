import type { MacFacts } from '@fleetclone/contracts';
import { detectRsync, RsyncNotFoundError } from '@fleetclone/transfer';
import { arch, hostname } from 'node:os';
import type { AgentSettings } from '../config/agent-settings';
import type { MacPlatform } from '../platform/mac-platform';
import { readSshFacts } from '../platform/ssh-facts';
import { agentVersion } from '../version';

const slowFactsLastMs = 10 * 60_000;

/** Reads what this Mac is. What needs a program to be run is read anew every ten minutes, addresses at every call. */
export function createFactsReader(platform: MacPlatform, settings: AgentSettings): () => Promise<MacFacts> {
  let slow:
    { readonly readAt: number; readonly osVersion: string; readonly rsyncVersion: string | null } | undefined;
  return async () => {
    if (slow === undefined || performance.now() - slow.readAt > slowFactsLastMs) {
      const [osVersion, rsyncVersion] = await Promise.all([platform.readOsVersion(), readRsyncVersion()]);
      slow = { readAt: performance.now(), osVersion, rsyncVersion };
    }
    return {
      platform: platform.platform,
      osVersion: slow.osVersion,
      architecture: arch(),
      hostName: hostname(),
      agentVersion,
      rsyncVersion: slow.rsyncVersion,
      ssh: await readSshFacts(platform, settings.ssh),
      sourceRoots: settings.sourceRoots,
      destinationRoots: settings.destinationRoots,
    };
  };
}

async function readRsyncVersion(): Promise<string | null> {
  try {
    return (await detectRsync()).version.join('.');
  } catch (error) {
    if (error instanceof RsyncNotFoundError) return null;
    throw error;
  }
}
