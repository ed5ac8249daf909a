import { identifyProcess, isSameProcess, killProcessGroup, type ProcessIdentity } from '@fleetclone/transfer';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readFileIfAny, replaceFile } from '../config/durable-file';
import { attemptFiles } from '../journal/attempt-journal';

const ProcessRecord = z.object({
  pid: z.int().positive(),
  startedAt: z.string(),
}) satisfies z.ZodType<ProcessIdentity>;

const graceMs = 5_000;

/** Writes down which process does the transfer, so that it can be found after a crash of the agent. */
export async function recordChild(attemptFolder: string, pid: number): Promise<void> {
  const identity = await identifyProcess(pid);
  if (identity === null) return;
  // A power cut ends the process too: only a crash of the agent matters here.
  await replaceFile(join(attemptFolder, attemptFiles.child), JSON.stringify(identity), { isDurable: false });
}

/** The recorded process has ended. */
export async function forgetChild(attemptFolder: string): Promise<void> {
  await rm(join(attemptFolder, attemptFiles.child), { force: true });
}

/** Ends what a crash left running, process group and all. True when there was something to end. */
export async function endLeftOverChild(attemptFolder: string): Promise<boolean> {
  const path = join(attemptFolder, attemptFiles.child);
  const text = await readFileIfAny(path);
  if (text === undefined) return false;
  const identity = parseRecord(text);
  const isRunning = identity !== undefined && (await isSameProcess(identity));
  if (isRunning) await killProcessGroup(identity.pid, { graceMs });
  await forgetChild(attemptFolder);
  return isRunning;
}

/** A record that cannot be read is none: a transfer whose agent is gone ends by itself at its broken pipe. */
function parseRecord(text: string): ProcessIdentity | undefined {
  try {
    return ProcessRecord.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
