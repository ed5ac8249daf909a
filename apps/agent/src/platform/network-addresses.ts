import { BlockList } from 'node:net';
import type { networkInterfaces } from 'node:os';

const unreachable = new BlockList();
unreachable.addSubnet('169.254.0.0', 16, 'ipv4'); // link-local
unreachable.addSubnet('fe80::', 10, 'ipv6'); // link-local: needs an interface name that means nothing elsewhere
unreachable.addSubnet('::1', 128, 'ipv6');
unreachable.addSubnet('127.0.0.0', 8, 'ipv4');

/** Addresses of this machine that another one may reach, IPv4 first, each once. */
export function selectAddresses(interfaces: ReturnType<typeof networkInterfaces>): string[] {
  const all = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address, family }) => {
      return !internal && !unreachable.check(address, family === 'IPv4' ? 'ipv4' : 'ipv6');
    });
  const ofFamily = (family: string): string[] =>
    all.filter((one) => one.family === family).map(({ address }) => address);
  return [...new Set([...ofFamily('IPv4'), ...ofFamily('IPv6')])];
}
