export interface SshdSettings {
  readonly port: number;
  readonly user: string;
  readonly isRoot: boolean;
  readonly hostKeys: readonly string[];
  readonly authorizedKeysFile: string;
  readonly usePam: boolean;
  readonly directives: readonly string[];
}

/** An sshd_config(5) for a server on the loopback address that accepts one user's keys and nothing else. */
export function buildSshdConfig(settings: SshdSettings): string {
  return [
    ...settings.directives,
    'ListenAddress 127.0.0.1',
    `Port ${settings.port}`,
    ...settings.hostKeys.map((path) => `HostKey ${quote(path)}`),
    `AuthorizedKeysFile ${quote(settings.authorizedKeysFile)}`,
    `AllowUsers ${settings.user}`,
    ...(settings.isRoot ? ['PermitRootLogin forced-commands-only'] : []),
    'PubkeyAuthentication yes',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    `UsePAM ${settings.usePam ? 'yes' : 'no'}`,
    // The file lies where the caller put it, often in a temporary folder that others can write to.
    'StrictModes no',
    'PermitUserEnvironment no',
    'X11Forwarding no',
    'UseDNS no',
    'PidFile none',
    'MaxStartups 200:30:400',
    'MaxSessions 100',
    'LogLevel VERBOSE',
    '',
  ].join('\n');
}

/**
 * Whether shadow(5) text marks the account as locked (a password field that begins with "!"), as Ubuntu does
 * with root. Without PAM, sshd on Linux refuses such an account even with a good key.
 */
export function isLockedAccount(shadow: string, user: string): boolean {
  return shadow.split('\n').some((line) => line.startsWith(`${user}:!`));
}

function quote(path: string): string {
  if (/["\n]/.test(path)) throw new Error(`sshd_config cannot hold this path: ${JSON.stringify(path)}`);
  return `"${path}"`;
}
