import { buildSshdConfig, isLockedAccount } from './sshd-config';

const settings = {
  port: 20_022,
  user: 'sam',
  isRoot: false,
  hostKeys: ['/tmp/a b/host'],
  authorizedKeysFile: '/tmp/keys',
  usePam: false,
  directives: [],
};

describe('buildSshdConfig', () => {
  it('listens on the loopback address only, for one user and keys only', () => {
    const lines = buildSshdConfig(settings).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'ListenAddress 127.0.0.1',
        'Port 20022',
        'HostKey "/tmp/a b/host"',
        'AllowUsers sam',
        'PasswordAuthentication no',
        'UsePAM no',
      ]),
    );
    expect(lines.filter((line) => /AcceptEnv|Subsystem|PermitRootLogin/.test(line))).toEqual([]);
  });

  it('lets root in with a forced command only', () => {
    expect(buildSshdConfig({ ...settings, isRoot: true })).toContain(
      '\nPermitRootLogin forced-commands-only\n',
    );
  });

  it('puts extra directives first, because the first value of a keyword wins', () => {
    expect(buildSshdConfig({ ...settings, directives: ['LogLevel DEBUG3'] })).toMatch(/^LogLevel DEBUG3\n/);
  });

  it('refuses a path that would break out of its quotes', () => {
    expect(() => buildSshdConfig({ ...settings, hostKeys: ['/tmp/a"\nPermitRootLogin yes'] })).toThrow(
      'cannot hold',
    );
  });
});

describe('isLockedAccount', () => {
  it('tells a locked account from one that merely has no password', () => {
    const shadow = 'root:!:20000:0:99999:7:::\ndaemon:*:20000:0:99999:7:::\n';
    expect(isLockedAccount(shadow, 'root')).toBe(true);
    expect(isLockedAccount(shadow, 'daemon')).toBe(false);
    expect(isLockedAccount('', 'root')).toBe(false);
  });
});
