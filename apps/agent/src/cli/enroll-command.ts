import { DisplayName, EnrolReply } from '@fleetclone/contracts';
import { readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { AgentSettings, readSettings, writeSettings } from '../config/agent-settings';
import {
  type AgentIdentity,
  prepareStateFolder,
  readIdentityIfAny,
  readOrMakeInstanceId,
  writeIdentity,
} from '../config/identity';
import { takeInstanceLock } from '../config/instance-lock';
import type { StateFolder } from '../config/state-folder';
import { createFactsReader } from '../daemon/mac-facts';
import { describeError } from '../errors/describe-error';
import { ControllerClient } from '../http/controller-client';
import type { MacPlatform } from '../platform/mac-platform';
import { parseHostKey } from '../platform/ssh-facts';
import type { EnrollCommand } from './parse-command';
import { CommandFailedError, UsageError } from './usage-error';

export interface EnrollSurroundings {
  readonly folder: StateFolder;
  readonly platform: MacPlatform;
  readonly environmentToken: string | undefined;
  readonly warn: (line: string) => void;
}

/** Joins the fleet and writes down who this agent is from now on. Gives the line to print. */
export async function enroll(command: EnrollCommand, surroundings: EnrollSurroundings): Promise<string> {
  const { folder, warn } = surroundings;
  const token = await readToken(command, surroundings.environmentToken);
  await checkHostKeyFiles(command.ssh.hostKeyFiles ?? []);
  warnOfPlainHttp(command.controllerUrl, warn);
  await prepareStateFolder(folder);
  const unlock = await takeInstanceLock(folder.lockFile);
  try {
    const identity = await join(command, token, surroundings);
    return `Enrolled as ${identity.name} (${identity.macId}). Start the agent with: fleetclone-agent run`;
  } finally {
    await unlock();
  }
}

async function join(
  command: EnrollCommand,
  token: string,
  surroundings: EnrollSurroundings,
): Promise<AgentIdentity> {
  const { folder, platform } = surroundings;
  const before = await readIdentityIfAny(folder);
  if (before !== undefined && !command.isReplacing) {
    throw new CommandFailedError(
      `${folder.path} is enrolled already, as ${before.name} at ${before.controllerUrl}; use --replace to enrol it anew`,
    );
  }
  const settings = mergeSettings(await readSettings(folder), command);
  const instanceId = await readOrMakeInstanceId(folder);
  const facts = await createFactsReader(platform, settings)();
  const name =
    command.name ??
    DisplayName.parse(
      hostname()
        .replace(/\.local$/, '')
        .slice(0, 120) || 'Mac',
    );
  const client = new ControllerClient({ controllerUrl: command.controllerUrl });
  const reply = await client.post('/api/v1/agent/enrol', { token, name, instanceId, facts }, EnrolReply);
  const identity = { ...reply, controllerUrl: command.controllerUrl, instanceId };
  // What is left of another identity's runs cannot be reported by this one.
  if (before?.macId !== identity.macId) await rm(folder.runsFolder, { recursive: true, force: true });
  await writeSettings(folder, settings);
  await writeIdentity(folder, identity);
  return identity;
}

function mergeSettings(before: AgentSettings, command: EnrollCommand): AgentSettings {
  return AgentSettings.parse({
    ...before,
    ssh: { ...before.ssh, ...command.ssh },
    ...(command.gateFolder !== undefined && { gateFolder: command.gateFolder }),
    ...(command.sourceRoots !== undefined && { sourceRoots: command.sourceRoots }),
    ...(command.destinationRoots !== undefined && { destinationRoots: command.destinationRoots }),
  });
}

async function readToken(command: EnrollCommand, environmentToken: string | undefined): Promise<string> {
  const token =
    command.tokenFile === undefined ? command.token : await readGivenFile('--token-file', command.tokenFile);
  const found = (token ?? environmentToken)?.trim() ?? '';
  if (found === '') {
    throw new UsageError('enroll needs a token: FLEETCLONE_ENROL_TOKEN, --token-file or --token');
  }
  return found;
}

async function checkHostKeyFiles(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const text = await readGivenFile('--ssh-host-key', path);
    if (parseHostKey(text).length === 0)
      throw new UsageError(`--ssh-host-key ${path} is not a public host key (.pub)`);
  }
}

async function readGivenFile(option: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${option} cannot be read: ${describeError(error)}`);
  }
}

function warnOfPlainHttp(controllerUrl: string, warn: (line: string) => void): void {
  const { protocol, hostname: host } = new URL(controllerUrl);
  if (protocol === 'https:' || host === 'localhost' || host === '[::1]' || host.startsWith('127.')) return;
  warn(
    'warning: the controller is not reached by https; whoever can listen on the network can read the secrets',
  );
}
