import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { RunReport } from '@fleetclone/contracts';
import { hasErrorCode, makePrivateFolder, syncFolder, writeNewFile } from '../config/durable-file';
import { DamagedStateError } from '../config/identity';
import {
  attemptFiles,
  AttemptJournal,
  type AttemptKey,
  type AttemptRecord,
  type JournalDeps,
} from './attempt-journal';
import type { ReportBody } from './report-lines';
import { selectPrunable } from './select-prunable';
import { SettledMemory } from './settled-memory';

const folderName = /^([0-9a-f-]{36})\.([1-9]\d{0,15})$/;

/**
 * What this agent has been told to do and how far it got: one folder per attempt. A folder appears under its name only when all
 * that it must hold is on the disk, so a crash leaves either the whole order or none.
 */
export class Journal {
  private readonly attempts = new Map<string, AttemptJournal>();

  private constructor(
    private readonly folder: string,
    private readonly settled: SettledMemory,
    private readonly deps: JournalDeps,
  ) {}

  /** Reads the journal, and clears away what a crash left half made. */
  static async open(folder: string, deps: JournalDeps): Promise<Journal> {
    await makePrivateFolder(folder);
    const journal = new Journal(folder, await SettledMemory.read(folder), deps);
    for (const name of await readdir(folder)) await journal.readEntry(name);
    return journal;
  }

  /** All attempts, in the order in which they were received. */
  list(): AttemptJournal[] {
    return [...this.attempts.values()].sort((one, other) =>
      one.record.receivedAt.localeCompare(other.record.receivedAt),
    );
  }

  find(key: AttemptKey): AttemptJournal | undefined {
    return this.attempts.get(nameOf(key));
  }

  /** The highest fence ever seen of a run, 0 when the run is new. */
  newestFence(runId: string): number {
    return this.list()
      .filter((attempt) => attempt.key.runId === runId)
      .reduce((newest, attempt) => Math.max(newest, attempt.key.fence), this.settled.newestFence(runId));
  }

  /** Makes a new attempt durable, with its first report. The caller has seen that the attempt is not known. */
  async create(
    key: AttemptKey,
    record: Omit<AttemptRecord, 'receivedAt'>,
    first: ReportBody,
  ): Promise<AttemptJournal> {
    const at = this.deps.now().toISOString();
    const report = RunReport.parse({ ...first, ...key, seq: 1, at });
    const name = nameOf(key);
    const unfinished = join(this.folder, `.new-${randomUUID()}`);
    await mkdir(unfinished, { mode: 0o700 });
    await writeNewFile(join(unfinished, attemptFiles.record), JSON.stringify({ receivedAt: at, ...record }));
    await writeNewFile(join(unfinished, attemptFiles.reports), `${JSON.stringify(report)}\n`);
    await syncFolder(unfinished);
    await rename(unfinished, join(this.folder, name));
    await syncFolder(this.folder);
    const attempt = await AttemptJournal.read(join(this.folder, name), key, this.deps, true);
    this.attempts.set(name, attempt);
    return attempt;
  }

  /** Forgets settled attempts that are old or many, but not their fences. */
  async prune(): Promise<void> {
    const now = this.deps.now();
    const candidates = this.list().map((attempt) => ({
      attempt,
      isSettled: attempt.isSettled,
      endedAt: attempt.result === undefined ? undefined : new Date(attempt.result.at),
    }));
    const prunable = selectPrunable(candidates, now).map(({ attempt }) => attempt);
    await this.settled.add(
      prunable.map(({ key, record }) => ({ ...key, expiresAt: record.expiresAt })),
      now,
    );
    for (const attempt of prunable) {
      await rm(attempt.folder, { recursive: true, force: true });
      this.attempts.delete(nameOf(attempt.key));
    }
  }

  private async readEntry(name: string): Promise<void> {
    const path = join(this.folder, name);
    if (name.startsWith('.new-')) {
      await rm(path, { recursive: true, force: true });
      return;
    }
    const key = parseAttemptFolder(name);
    if (key === undefined) return;
    try {
      this.attempts.set(name, await AttemptJournal.read(path, key, this.deps));
    } catch (error) {
      if (!(error instanceof DamagedStateError) && !hasErrorCode(error, 'ENOTDIR')) throw error;
      // Set aside, so that the order can be taken in again when it is delivered again.
      await rename(path, join(this.folder, `.damaged-${name}-${randomUUID()}`));
      this.deps.onProblem('a damaged journal folder was set aside', error);
    }
  }
}

/** The attempt that a folder of that name belongs to. */
export function parseAttemptFolder(name: string): AttemptKey | undefined {
  const [, runId, fence] = folderName.exec(name) ?? [];
  return runId === undefined || fence === undefined ? undefined : { runId, fence: Number(fence) };
}

function nameOf({ runId, fence }: AttemptKey): string {
  return `${runId}.${fence}`;
}
