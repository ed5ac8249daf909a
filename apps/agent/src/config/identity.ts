import { EnrolReply } from '@fleetclone/contracts';
import { randomUUID } from 'node:crypto';
import { chmod, stat } from 'node:fs/promises';
import { z } from 'zod';
import { makePrivateFolder, readFileIfAny, replaceFile } from './durable-file';
import type { StateFolder } from './state-folder';

/** Who this agent is and whom it obeys: the answer to its enrolment, kept in one private file. */
export const AgentIdentity = EnrolReply.extend({ controllerUrl: z.url(), instanceId: z.uuid() });
export type AgentIdentity = z.infer<typeof AgentIdentity>;

/** The state folder holds no identity yet. */
export class NotEnrolledError extends Error {
  override readonly name = 'NotEnrolledError';
}

/** A file of the state folder cannot be understood; the message names the file, never its content. */
export class DamagedStateError extends Error {
  override readonly name = 'DamagedStateError';
}

/** Creates the state folder, or makes an existing one private. Fails when it belongs to somebody else. */
export async function prepareStateFolder(folder: StateFolder): Promise<void> {
  await makePrivateFolder(folder.path);
  const { uid, mode } = await stat(folder.path);
  if (process.getuid !== undefined && uid !== process.getuid()) {
    throw new DamagedStateError(`${folder.path} belongs to another user`);
  }
  if ((mode & 0o777) !== 0o700) await chmod(folder.path, 0o700);
}

/** Reads the identity; throws `NotEnrolledError` when there is none. */
export async function readIdentity(folder: StateFolder): Promise<AgentIdentity> {
  const identity = await readIdentityIfAny(folder);
  if (identity === undefined) {
    throw new NotEnrolledError(`${folder.path} is not enrolled; run \`fleetclone-agent enroll\` first`);
  }
  return identity;
}

/** Reads the identity, or undefined when the folder is not enrolled. */
export async function readIdentityIfAny(folder: StateFolder): Promise<AgentIdentity | undefined> {
  const text = await readFileIfAny(folder.identityFile);
  return text === undefined ? undefined : parseJsonFile(folder.identityFile, text, AgentIdentity);
}

export async function writeIdentity(folder: StateFolder, identity: AgentIdentity): Promise<void> {
  await replaceFile(folder.identityFile, `${JSON.stringify(identity, null, 2)}\n`);
}

/** The folder's own id, made at the first call: by it the controller recognises an agent that enrols again. */
export async function readOrMakeInstanceId(folder: StateFolder): Promise<string> {
  const known = (await readFileIfAny(folder.instanceFile))?.trim();
  if (known !== undefined) {
    if (z.uuid().safeParse(known).success) return known;
    throw new DamagedStateError(`${folder.instanceFile} is damaged`);
  }
  const instanceId = randomUUID();
  await replaceFile(folder.instanceFile, `${instanceId}\n`);
  return instanceId;
}

/** Parses one of our own JSON files; throws `DamagedStateError` without quoting what it held. */
export function parseJsonFile<T>(path: string, text: string, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new DamagedStateError(`${path} is damaged: it is not JSON`);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'the whole').join(', ');
  throw new DamagedStateError(`${path} is damaged: ${fields}`);
}
