import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { bareHostKey, checkConfigPath, checkSshTarget, type SshTarget } from './ssh-target';

/** The only host name that ever stands in an argument list; the real one is in the configuration file. */
export const SSH_HOST_ALIAS = 'fleetclone-target';

/** Where the files of one attempt's ssh connections are. */
export interface SshConfig {
  readonly configFile: string;
  readonly knownHostsFile: string;
  /** Set when these files lead over a kept connection: what its master has written to stderr, see `openSshSession`. */
  readonly masterStderr?: () => string;
}

/**
 * Writes `ssh_config` and `known_hosts` (both 0600) into the attempt's folder, which must exist. No other
 * configuration is read when ssh gets this file with `-F`. Throws SshTargetError for a target that could change
 * the meaning of the files, and the file system's own errors.
 */
export async function writeSshConfig(folder: string, target: SshTarget): Promise<SshConfig> {
  checkSshTarget(target);
  checkConfigPath(folder, 'folder');
  const files = { configFile: join(folder, 'ssh_config'), knownHostsFile: join(folder, 'known_hosts') };
  await writePrivate(files.knownHostsFile, renderKnownHosts(target));
  await writePrivate(files.configFile, renderSshConfig(target, files.knownHostsFile));
  return files;
}

/**
 * Writes an `ssh_config` into the folder that leads over the master listening at `controlPath`, and is the given one in
 * everything else. An ssh that finds no master there makes a connection of its own, to the same pinned host keys.
 */
export async function writeSharedSshConfig(
  folder: string,
  config: SshConfig,
  controlPath: string,
): Promise<SshConfig> {
  checkConfigPath(controlPath, 'folder');
  const shared = { ...config, configFile: join(folder, 'ssh_config') };
  const text = await readFile(config.configFile, 'utf8');
  // ssh takes the first value that it reads of an option, so this one stands before the file's "ControlPath none".
  await writePrivate(
    shared.configFile,
    `Host ${SSH_HOST_ALIAS}\n  ControlPath ${quoted(controlPath)}\n${text}`,
  );
  return shared;
}

/** known_hosts with the pinned keys under the alias; sshd(8), "SSH_KNOWN_HOSTS FILE FORMAT". */
export function renderKnownHosts(target: SshTarget): string {
  return target.hostKeys.map((line) => `${target.hostKeyAlias} ${bareHostKey(line)}\n`).join('');
}

/** ssh_config(5) with one host, everything dangerous off and nothing left to a prompt. */
export function renderSshConfig(target: SshTarget, knownHostsFile: string): string {
  const lines = [
    `HostName ${percent(target.host)}`,
    `Port ${target.port}`,
    `User ${target.user}`,
    `HostKeyAlias ${target.hostKeyAlias}`,
    `IdentityFile ${quoted(target.identityFile)}`,
    `UserKnownHostsFile ${quoted(knownHostsFile)}`,
    ...FIXED_OPTIONS,
  ];
  return `Host ${SSH_HOST_ALIAS}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

const FIXED_OPTIONS = [
  // The host must show a key we pinned; nothing is learnt, looked up or asked.
  'StrictHostKeyChecking yes',
  'GlobalKnownHostsFile /dev/null',
  'UpdateHostKeys no',
  'VerifyHostKeyDNS no',
  'CheckHostIP no',
  'CanonicalizeHostname no',
  // We show exactly one key, and never a password.
  'BatchMode yes',
  'IdentitiesOnly yes',
  'IdentityAgent none',
  'AddKeysToAgent no',
  'PreferredAuthentications publickey',
  'PubkeyAuthentication yes',
  'PasswordAuthentication no',
  'KbdInteractiveAuthentication no',
  'HostbasedAuthentication no',
  'GSSAPIAuthentication no',
  // One plain connection that can carry nothing but the command.
  'ProxyCommand none',
  'ProxyJump none',
  'ControlMaster no',
  'ControlPath none',
  'PermitLocalCommand no',
  'ClearAllForwardings yes',
  'ForwardAgent no',
  'ForwardX11 no',
  'Tunnel no',
  'RequestTTY no',
  'EscapeChar none',
  // AES-GCM first: OpenSSH's default cipher has 0.7 times its speed where the CPU does AES.
  'Ciphers aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes128-ctr,aes256-ctr',
  'Compression no',
  // A dead line is noticed after 10 s when connecting and after 45 s later.
  'ConnectTimeout 10',
  'ConnectionAttempts 1',
  'ServerAliveInterval 15',
  'ServerAliveCountMax 3',
  'TCPKeepAlive yes',
  'LogLevel INFO',
];

// These three options expand %-sequences; %% is a plain per cent sign.
const percent = (value: string): string => value.replaceAll('%', '%%');
const quoted = (path: string): string => `"${percent(path)}"`;

/** Never visible half-written or with other modes, also when an earlier file of that name is there. */
async function writePrivate(path: string, text: string): Promise<void> {
  const temporary = `${path}.new`;
  const file = await open(temporary, 'w', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(text);
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
