import { identifyProcess, isSameProcess, killProcessGroup, type ProcessIdentity } from '@fleetclone/transfer';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { hasErrorCode, makePrivateFolder, readFileIfAny, replaceFile } from '../config/durable-file';
import { attemptFiles } from '../journal/attempt-journal';

const ChildRecord = z.object({
  pid: z.int().positive(),
  startedAt: z.string(),
  /** A temporary folder that goes with the process. */
  folder: z.string().optional(),
}) satisfies z.ZodType<ProcessIdentity>;
type ChildRecord = z.infer<typeof ChildRecord>;

const graceMs = 5_000;

/** Writes down a process of the attempt, so that it can be found after a crash of the agent. */
export async function recordChild(attemptFolder: string, pid: number, folder?: string): Promise<void> {
  const identity = await identifyProcess(pid);
  if (identity === null) return;
  const children = join(attemptFolder, attemptFiles.children);
  await makePrivateFolder(children);
  const record: ChildRecord = { ...identity, ...(folder !== undefined && { folder }) };
  // A power cut ends the process too: only a crash of the agent matters here.
  await replaceFile(join(children, `${pid}.json`), JSON.stringify(record), { isDurable: false });
}

/** The recorded process has ended. */
export async function forgetChild(attemptFolder: string, pid: number): Promise<void> {
  await rm(join(attemptFolder, attemptFiles.children, `${pid}.json`), { force: true });
}

/** Ends what a crash left running, process groups and all. True when there was something to end. */
export async function endLeftOverChildren(attemptFolder: string): Promise<boolean> {
  const children = join(attemptFolder, attemptFiles.children);
  const names = await listFolder(children);
  const ended = await Promise.all(names.map((name) => endLeftOver(join(children, name))));
  return ended.includes(true);
}

async function endLeftOver(path: string): Promise<boolean> {
  const record = parseRecord((await readFileIfAny(path)) ?? '');
  const isRunning = record !== undefined && (await isSameProcess(record));
  if (isRunning) await killProcessGroup(record.pid, { graceMs });
  if (record?.folder !== undefined) await rm(record.folder, { recursive: true, force: true });
  await rm(path, { force: true });
  return isRunning;
}

async function listFolder(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) return []; // nothing was ever started
    throw error;
  }
}

/** A record that cannot be read is none: a transfer whose agent is gone ends by itself at its broken pipe. */
function parseRecord(text: string): ChildRecord | undefined {
  try {
    return ChildRecord.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
