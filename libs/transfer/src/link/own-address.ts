import { lookup } from 'node:dns/promises';
import { BlockList } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Whether a host's first address is one of this machine. False for a host that cannot be found. */
export async function isOwnAddress(host: string): Promise<boolean> {
  try {
    const { address, family } = await lookup(host);
    return ownAddresses().check(address, family === 6 ? 'ipv6' : 'ipv4');
  } catch {
    return false; // who wants to connect to it will hear why
  }
}

function ownAddresses(): BlockList {
  const own = new BlockList();
  own.addSubnet('127.0.0.0', 8, 'ipv4');
  for (const { address, family } of Object.values(networkInterfaces()).flatMap((list) => list ?? []))
    own.addAddress(address, family === 'IPv6' ? 'ipv6' : 'ipv4');
  return own;
}
