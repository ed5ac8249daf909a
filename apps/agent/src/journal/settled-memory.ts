import { join } from 'node:path';
import { z } from 'zod';
import { readFileIfAny, replaceFile } from '../config/durable-file';
import { parseJsonFile } from '../config/identity';
import type { AttemptKey } from './attempt-journal';

const SettledList = z.array(
  z.object({ runId: z.uuid(), fence: z.int().positive(), expiresAt: z.iso.datetime() }),
);
type SettledAttempt = z.infer<typeof SettledList>[number];

/** Remembers attempts whose folders are gone for as long as their orders could still be delivered again. */
export class SettledMemory {
  private constructor(
    private readonly path: string,
    private entries: SettledAttempt[],
  ) {}

  static async read(runsFolder: string): Promise<SettledMemory> {
    const path = join(runsFolder, 'settled.json');
    const text = await readFileIfAny(path);
    return new SettledMemory(path, text === undefined ? [] : parseJsonFile(path, text, SettledList));
  }

  newestFence(runId: string): number {
    return this.entries
      .filter((entry) => entry.runId === runId)
      .reduce((newest, entry) => Math.max(newest, entry.fence), 0);
  }

  async add(attempts: readonly (AttemptKey & { readonly expiresAt: string })[], now: Date): Promise<void> {
    if (attempts.length === 0) return;
    const added = attempts.map(({ runId, fence, expiresAt }) => ({ runId, fence, expiresAt }));
    this.entries = [...this.entries, ...added].filter((entry) => new Date(entry.expiresAt) > now);
    await replaceFile(this.path, JSON.stringify(this.entries));
  }
}
