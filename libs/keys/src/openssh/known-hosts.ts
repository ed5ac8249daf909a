import { InvalidHostNameError } from './openssh.errors';
import { parsePublicKey } from './public-key';

/**
 * One line of a known_hosts file (sshd(8)), without a newline. It matches `HostKeyAlias <alias>`, which ssh looks up
 * as it stands, and a direct connection to that name and port. Throws InvalidHostNameError, or as `parsePublicKey`.
 */
export function knownHostsLine(alias: string, port: number, publicKey: string): string {
  if (!/^[A-Za-z0-9_:][A-Za-z0-9._:-]{0,254}$/.test(alias)) {
    throw new InvalidHostNameError(`not a host name or address: ${JSON.stringify(alias)}`);
  }
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new InvalidHostNameError(`not a port: ${port}`);
  const { type, blob } = parsePublicKey(publicKey);
  const names = port === 22 ? alias : `${alias},[${alias}]:${port}`;
  return `${names} ${type} ${blob}`;
}
