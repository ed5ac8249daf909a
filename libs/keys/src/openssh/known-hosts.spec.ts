import { knownHostsLine } from './known-hosts';
import { InvalidHostNameError, InvalidPublicKeyError } from './openssh.errors';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl';

describe('knownHostsLine', () => {
  it('names the alias alone on the default port', () => {
    expect(knownHostsLine('mac-7', 22, KEY)).toBe(`mac-7 ${KEY}`);
  });

  it('names alias and port on another port', () => {
    expect(knownHostsLine('fe80::1', 2222, KEY)).toBe(`fe80::1,[fe80::1]:2222 ${KEY}`);
  });

  it('leaves the comment of a key out', () => {
    expect(knownHostsLine('mac-7', 22, `${KEY} root@mac`)).toBe(`mac-7 ${KEY}`);
  });

  it.each(['', '*', 'a,b', 'a b', '!mac', '@cert-authority', '|1|x', '#', '-mac', 'mac\nother', '[mac]'])(
    'refuses the name %j, which would mean something else',
    (alias) => expect(() => knownHostsLine(alias, 22, KEY)).toThrow(InvalidHostNameError),
  );

  it.each([0, 65_536, 22.5, Number.NaN])('refuses the port %d', (port) => {
    expect(() => knownHostsLine('mac', port, KEY)).toThrow(InvalidHostNameError);
  });

  it('refuses what is not a key', () => {
    expect(() => knownHostsLine('mac', 22, `${KEY}\n* ${KEY}`)).toThrow(InvalidPublicKeyError);
  });
});
