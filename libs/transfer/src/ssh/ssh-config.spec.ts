import fc from 'fast-check';
import { renderKnownHosts, renderSshConfig } from './ssh-config';
import { checkSshTarget, type SshTarget, SshTargetError } from './ssh-target';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3GKvXhBDr0pyCaRRYQQgrgAlVIWrMkTz8fbHSUQxzI';

const buildTarget = (changes: Partial<SshTarget> = {}): SshTarget => ({
  host: 'backup-mac.local',
  port: 22,
  user: 'root',
  hostKeys: [`${KEY} root@backup-mac`],
  hostKeyAlias: '0b9bd0f2-backup',
  identityFile: '/Library/Application Support/Fleetclone/credentials/one',
  ...changes,
});

/** The option names that a configuration sets, in ssh's own reading: first word of each line. */
const optionsOf = (config: string): string[] =>
  config
    .trim()
    .split('\n')
    .map((line) => line.trim().split(' ')[0] ?? '');

describe('the configuration for one connection', () => {
  it('pins the host and leaves nothing to a prompt, an agent or the user', () => {
    const config = renderSshConfig(buildTarget(), '/var/attempt 7/known_hosts');

    for (const line of [
      'HostName backup-mac.local',
      'HostKeyAlias 0b9bd0f2-backup',
      'IdentityFile "/Library/Application Support/Fleetclone/credentials/one"',
      'UserKnownHostsFile "/var/attempt 7/known_hosts"',
      'GlobalKnownHostsFile /dev/null',
      'StrictHostKeyChecking yes',
      'BatchMode yes',
      'IdentitiesOnly yes',
      'IdentityAgent none',
      'ProxyCommand none',
      'PermitLocalCommand no',
      'ClearAllForwardings yes',
      'ControlMaster no',
      'Compression no',
      'ConnectTimeout 10',
      'ServerAliveInterval 15',
      'ServerAliveCountMax 3',
    ]) {
      expect(config).toContain(`  ${line}\n`);
    }
    expect(/^ {2}Ciphers aes128-gcm@openssh\.com,/m.test(config)).toBe(true);
    expect(config.startsWith('Host fleetclone-target\n')).toBe(true);
  });

  it('doubles per cent signs, which ssh would expand', () => {
    const target = buildTarget({ host: 'fe80::1%en0', identityFile: '/keys/100%d' });

    expect(renderSshConfig(target, '/x/%h')).toContain('HostName fe80::1%%en0\n');
    expect(renderSshConfig(target, '/x/%h')).toContain('IdentityFile "/keys/100%%d"\n');
    expect(renderSshConfig(target, '/x/%h')).toContain('UserKnownHostsFile "/x/%%h"\n');
  });

  it('knows the host by its alias only, without comments', () => {
    expect(renderKnownHosts(buildTarget())).toBe(`0b9bd0f2-backup ${KEY}\n`);
  });

  it('accepts names, addresses and zones as hosts', () => {
    for (const host of [
      'studio',
      'Backup-Mac.local',
      'backup.example.com.',
      '10.0.0.1',
      '::1',
      'fe80::1%en0',
    ]) {
      expect(() => checkSshTarget(buildTarget({ host }))).not.toThrow();
    }
  });

  it.each([
    { host: '-oProxyCommand=id' },
    { host: 'a b' },
    { host: 'a\nProxyCommand id' },
    { host: '' },
    { host: '10.0.0.1%en0' },
    { host: 'fe80::1%$(id)' },
    { user: '-l' },
    { user: 'a\nb' },
    { port: 0 },
    { port: 1.5 },
    { port: 65_536 },
    { hostKeyAlias: '*' },
    { hostKeyAlias: 'a,b' },
    { hostKeys: ['* ssh-ed25519 AAAA'] },
    { hostKeys: ['@cert-authority * ssh-ed25519 AAAA'] },
    { hostKeys: [`${KEY}\n* ${KEY}`] },
    { hostKeys: [] },
    { identityFile: 'relative' },
    { identityFile: '/a"b' },
    { identityFile: '/a\nProxyCommand id' },
    { identityFile: '/a/${HOME}' },
  ] as unknown as Partial<SshTarget>[])('refuses %j', (changes) => {
    expect(() => checkSshTarget(buildTarget(changes))).toThrow(SshTargetError);
  });

  it('has the same options whatever is in the fields that it accepts', () => {
    const usual = optionsOf(renderSshConfig(buildTarget(), '/known_hosts'));
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map((text) => `/${text}`),
    );
    fc.assert(
      fc.property(anyText, anyText, anyText, anyText, (host, user, hostKeyAlias, identityFile) => {
        for (const changes of [{ host }, { user }, { hostKeyAlias }, { identityFile }]) {
          const target = buildTarget(changes);
          try {
            checkSshTarget(target);
          } catch (error) {
            expect(error).toBeInstanceOf(SshTargetError);
            continue;
          }
          expect(optionsOf(renderSshConfig(target, '/known_hosts'))).toEqual(usual);
          expect(renderKnownHosts(target).split('\n')).toHaveLength(2);
        }
      }),
    );
  });
});
