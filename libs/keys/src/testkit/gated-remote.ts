import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { findProgram, startSshd } from '@fleetclone/testing';
import { authorizedKeysOptions } from '../authorized-keys/authorized-keys-options';
import { authorizedKeysScript } from '../authorized-keys/authorized-keys-script';
import { generateCredentialKeyPair } from '../openssh/key-pair';
import { knownHostsLine } from '../openssh/known-hosts';
import { CREDENTIAL, GateFixture } from './gate-fixture';
import { type ProgramResult, runProgram, type RunOptions } from './run-program';

/** A remote behind the gate, as a source Mac sees it. */
export interface GatedRemote {
  readonly gate: GateFixture;
  /** Whoever the copy is written as. */
  readonly uid: number;
  /** Runs one request at the gate. */
  request(command: string, input?: string): Promise<ProgramResult>;
  rsync(...args: string[]): Promise<ProgramResult>;
  /** The commands that reached the gate so far. */
  commands(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

const RSYNC = findProgram(['rsync'], 'apt-get install rsync');
const NOTE_COMMAND = (log: string) => `printf '%s\\n' "$SSH_ORIGINAL_COMMAND" >>'${log}'`;

/** A real sshd, with a credential made, installed and pinned by this library alone. */
export async function startSshRemote(): Promise<GatedRemote> {
  const gate = await GateFixture.create();
  const log = join(gate.folder, 'commands');
  const key = join(gate.folder, 'credential');
  const authorizedKeysFile = join(gate.folder, 'ssh', 'authorized_keys');
  const pair = await generateCredentialKeyPair('credential of the spec');
  await writeFile(key, pair.privateKey, { mode: 0o600 });
  // Stands before the gate only to note what arrives.
  const front = join(gate.folder, 'front gate.sh');
  await writeFile(front, `#!/bin/sh\n${NOTE_COMMAND(log)}\nexec '${gate.script}' "$@"\n`, { mode: 0o755 });
  await install(gate, authorizedKeysFile, front, pair.publicKey);
  const sshd = await startSshd({ authorizedKeysFile });
  const knownHosts = join(gate.folder, 'known_hosts');
  await writeFile(knownHosts, `${knownHostsLine('backup-mac', sshd.port, sshd.hostKeyPublic)}\n`);
  const config = join(gate.folder, 'ssh_config');
  await writeFile(config, sshConfig(sshd.port, key, knownHosts));
  const env = process.env;
  return {
    gate,
    uid: process.getuid?.() ?? -1,
    request: (command, input = '{}') => runProgram(['ssh', '-F', config, 'remote', command], { env, input }),
    rsync: (...args) => runProgram([RSYNC, '-e', `ssh -F '${config}'`, ...args], { env }),
    commands: () => readCommands(log),
    stop: async () => {
      await sshd.stop();
      await gate.remove();
    },
  };
}

/** Everything as one user, and a stand-in for ssh: for a user without a shell to log in to. */
export async function startLocalRemote(user: NonNullable<RunOptions['user']>): Promise<GatedRemote> {
  const gate = await GateFixture.create(user);
  const log = join(gate.folder, 'commands');
  const standIn = join(gate.folder, 'ssh');
  await writeFile(
    standIn,
    `#!/bin/sh\nshift\nSSH_ORIGINAL_COMMAND=$*; export SSH_ORIGINAL_COMMAND\n${NOTE_COMMAND(log)}\nexec '${gate.script}' ${CREDENTIAL}\n`,
    { mode: 0o755 },
  );
  await mkdir(join(gate.folder, 'source'));
  await chown(join(gate.folder, 'source'), user.uid, user.gid);
  const run = (argv: string[], input?: string) =>
    runProgram(argv, { env: { PATH: process.env['PATH'] }, user, ...(input !== undefined && { input }) });
  return {
    gate,
    uid: user.uid,
    request: (command, input = '{}') => run([standIn, 'remote', command], input),
    rsync: (...args) => run([RSYNC, '-e', standIn, ...args]),
    commands: () => readCommands(log),
    stop: () => gate.remove(),
  };
}

async function install(
  gate: GateFixture,
  file: string,
  gateCommand: string,
  publicKey: string,
): Promise<void> {
  const editor = join(gate.folder, 'authorized-keys.sh');
  await writeFile(editor, authorizedKeysScript, { mode: 0o755 });
  const options = authorizedKeysOptions({
    gateCommand,
    credentialId: CREDENTIAL,
    from: ['127.0.0.1', '::1'],
  });
  const env = { FC_AUTHORIZED_KEYS: file };
  const result = await runProgram([editor, 'install', CREDENTIAL, options, publicKey], { env });
  if (result.stdout !== 'changed\n') throw new Error(result.stderr);
}

function sshConfig(port: number, key: string, knownHosts: string): string {
  return [
    'Host remote',
    'HostName 127.0.0.1',
    `Port ${port}`,
    `User ${userInfo().username}`,
    `IdentityFile "${key}"`,
    'IdentitiesOnly yes',
    'BatchMode yes',
    'HostKeyAlias backup-mac',
    'StrictHostKeyChecking yes',
    `UserKnownHostsFile "${knownHosts}"`,
    'GlobalKnownHostsFile /dev/null',
    'LogLevel ERROR',
    '',
  ].join('\n');
}

async function readCommands(log: string): Promise<readonly string[]> {
  return (await readFile(log, 'utf8')).trim().split('\n');
}
