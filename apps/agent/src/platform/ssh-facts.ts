import { HostName, PublicKeyLine, type SshFacts } from '@fleetclone/contracts';
import { readdir, readFile } from 'node:fs/promises';
import { networkInterfaces, userInfo } from 'node:os';
import { join } from 'node:path';
import type { AgentSettings } from '../config/agent-settings';
import type { MacPlatform } from './mac-platform';
import { selectAddresses } from './network-addresses';

const maxAddresses = 16;
const maxHostKeys = 8;

/**
 * How this machine can be reached over ssh, or null when it has no host keys, so no sshd to speak of. The host keys are what
 * other Macs will pin, so they are read from this machine's own disk and from nowhere else.
 */
export async function readSshFacts(
  platform: MacPlatform,
  settings: AgentSettings['ssh'],
): Promise<SshFacts | null> {
  const hostKeys = await readHostKeys(platform, settings.hostKeyFiles);
  if (hostKeys.length === 0) return null;
  const found = settings.addresses ?? [
    ...selectAddresses(networkInterfaces()),
    ...(await platform.readHostNames()),
  ];
  return {
    port: settings.port ?? 22,
    user: settings.user ?? userInfo().username,
    addresses: found.filter((address) => HostName.safeParse(address).success).slice(0, maxAddresses),
    hostKeys,
  };
}

async function readHostKeys(platform: MacPlatform, files: readonly string[] | undefined): Promise<string[]> {
  if (files !== undefined) return (await Promise.all(files.map(readHostKey))).flat().slice(0, maxHostKeys);
  for (const folder of platform.hostKeyFolders) {
    const names = (await listFolder(folder)).filter((name) => /^ssh_host_\w+_key\.pub$/.test(name)).sort();
    const keys = (await Promise.all(names.map((name) => readHostKey(join(folder, name))))).flat();
    if (keys.length > 0) return keys.slice(0, maxHostKeys);
  }
  return [];
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return []; // no such folder: no sshd of that kind
  }
}

async function readHostKey(path: string): Promise<string[]> {
  try {
    return parseHostKey(await readFile(path, 'utf8'));
  } catch {
    return []; // a key that cannot be read cannot be vouched for
  }
}

/** One `.pub` file: type and key without the comment; kinds that are not pinned (DSA) give nothing. */
export function parseHostKey(text: string): string[] {
  const [type, blob] = text.trim().split(/\s+/);
  const line = PublicKeyLine.safeParse(`${type ?? ''} ${blob ?? ''}`);
  return line.success ? [line.data] : [];
}
