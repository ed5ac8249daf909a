import {
  BackupOrder,
  type ResultReport,
  RunProgress,
  RunReport,
  type RunReportType,
  type StateReport,
} from '@fleetclone/contracts';
import { join } from 'node:path';
import { z } from 'zod';
import { readFileIfAny, replaceFile } from '../config/durable-file';
import { parseJsonFile } from '../config/identity';
import { appendToFile, readNumber } from './journal-files';
import { parseReportLines, type ReportBody } from './report-lines';

/** Names one attempt at a run. */
export interface AttemptKey {
  readonly runId: string;
  readonly fence: number;
}

/** The folder's first file: what was ordered; no order means that the attempt was cancelled before it came. */
export const AttemptRecord = z.object({
  receivedAt: z.iso.datetime(),
  /** Until when the order can be delivered again, so until when it must be remembered. */
  expiresAt: z.iso.datetime(),
  order: BackupOrder.nullable(),
});
export type AttemptRecord = z.infer<typeof AttemptRecord>;

export interface JournalDeps {
  readonly now: () => Date;
  /** Hears of disk trouble; the journal goes on in memory, because the controller must still be told. */
  readonly onProblem: (problem: string, error: unknown) => void;
}

export const attemptFiles = {
  record: 'order.json',
  reports: 'reports.ndjson',
  acknowledged: 'acked',
  numbers: 'seq',
  children: 'children',
};

/**
 * Report numbers are reserved on disk in blocks: progress is numbered but not written, and after a crash no number may come
 * again with another content. A folder without the file has the first block.
 */
export const numberBlock = 500;

const mustOutlastPowerCut = {
  state: true,
  result: true,
  log: false,
  progress: false,
} as const satisfies Record<RunReportType, boolean>;

/** One attempt's folder: what was ordered, what was reported, how much of that the controller has. */
export class AttemptJournal {
  private writes: Promise<unknown> = Promise.resolve();
  private unacknowledged: RunReport[];
  private isLineTorn: boolean;
  private lastState: StateReport['state'] | undefined;
  private endReport: ResultReport | undefined;

  private constructor(
    readonly folder: string,
    readonly key: AttemptKey,
    readonly record: AttemptRecord,
    reports: readonly RunReport[],
    private acknowledgedUpTo: number,
    private reservedUpTo: number,
    private lastNumber: number,
    isLineTorn: boolean,
    private readonly deps: JournalDeps,
  ) {
    this.unacknowledged = reports.filter((report) => report.seq > acknowledgedUpTo);
    this.isLineTorn = isLineTorn;
    for (const report of reports) this.note(report);
  }

  /** Reads a folder that `Journal` made; throws `DamagedStateError` when the order cannot be read. */
  static async read(
    folder: string,
    key: AttemptKey,
    deps: JournalDeps,
    isNew = false,
  ): Promise<AttemptJournal> {
    const path = join(folder, attemptFiles.record);
    const record = parseJsonFile(path, (await readFileIfAny(path)) ?? '', AttemptRecord);
    const text = (await readFileIfAny(join(folder, attemptFiles.reports))) ?? '';
    const reports = parseReportLines(text);
    const acknowledged = await readNumber(join(folder, attemptFiles.acknowledged), 0);
    const reserved = await readNumber(join(folder, attemptFiles.numbers), numberBlock);
    const lastWritten = reports.reduce((highest, report) => Math.max(highest, report.seq), 0);
    const last = isNew ? lastWritten : Math.max(lastWritten, acknowledged, reserved);
    const isTorn = text !== '' && !text.endsWith('\n');
    return new AttemptJournal(folder, key, record, reports, acknowledged, reserved, last, isTorn, deps);
  }

  /** The attempt's end, once there is one. */
  get result(): ResultReport | undefined {
    return this.endReport;
  }

  /** The state reported last, if any. */
  get state(): StateReport['state'] | undefined {
    return this.lastState;
  }

  /** Reports that the controller has not acknowledged, oldest first. */
  get pending(): readonly RunReport[] {
    return this.unacknowledged;
  }

  /** Ended, and the controller knows. */
  get isSettled(): boolean {
    return this.endReport !== undefined && this.unacknowledged.length === 0;
  }

  /** Numbers and writes a report; states and results outlast a power cut once this returns. Throws for nonsense only. */
  async append(body: ReportBody): Promise<void> {
    await this.inOrder(async () => {
      if (this.endReport !== undefined) return;
      const report = await this.number(body);
      this.unacknowledged.push(report);
      this.note(report);
      await this.writeLine(report);
    });
  }

  /** Numbers a look at the transfer without writing it down; undefined once the attempt has ended, or for nonsense. */
  numberProgress(progress: RunProgress): Promise<RunReport | undefined> {
    const isSound = RunProgress.safeParse(progress).success;
    return this.inOrder(async () =>
      isSound && this.endReport === undefined ? this.number({ type: 'progress', progress }) : undefined,
    );
  }

  /** The controller has everything up to this number. */
  async acknowledge(upTo: number): Promise<void> {
    await this.inOrder(async () => {
      this.lastNumber = Math.max(this.lastNumber, upTo);
      if (upTo <= this.acknowledgedUpTo) {
        this.unacknowledged = this.unacknowledged.filter((report) => report.seq > upTo);
        return;
      }
      this.acknowledgedUpTo = upTo;
      const before = this.unacknowledged.length;
      this.unacknowledged = this.unacknowledged.filter((report) => report.seq > upTo);
      // Acknowledged progress alone is not worth a write: it is never sent again.
      if (this.unacknowledged.length < before)
        await this.writeSmallFile(attemptFiles.acknowledged, String(upTo), false);
    });
  }

  /** Gives up on one report that the controller can never take. */
  drop(seq: number): void {
    this.unacknowledged = this.unacknowledged.filter((report) => report.seq !== seq);
  }

  /** Puts acknowledged states and the result back among what is to be sent, for a controller that asks again. */
  async resend(): Promise<void> {
    await this.inOrder(async () => {
      const text = (await readFileIfAny(join(this.folder, attemptFiles.reports))) ?? '';
      const known = new Set(this.unacknowledged.map((report) => report.seq));
      const again = parseReportLines(text).filter(
        (report) => (report.type === 'state' || report.type === 'result') && !known.has(report.seq),
      );
      this.unacknowledged = [...again, ...this.unacknowledged].sort((one, other) => one.seq - other.seq);
    });
  }

  /** Waits until everything asked for so far is on the disk. */
  async flush(): Promise<void> {
    await this.inOrder(() => Promise.resolve());
  }

  private note(report: RunReport): void {
    if (report.type === 'result') this.endReport = report;
    if (report.type === 'state') this.lastState = report.state;
  }

  private async number(body: ReportBody): Promise<RunReport> {
    if (this.lastNumber >= this.reservedUpTo) {
      this.reservedUpTo = this.lastNumber + numberBlock;
      await this.writeSmallFile(attemptFiles.numbers, String(this.reservedUpTo), true);
    }
    this.lastNumber += 1;
    const heading = { ...this.key, seq: this.lastNumber, at: this.deps.now().toISOString() };
    // Parsing cuts texts to the lengths that the controller takes.
    return RunReport.parse({ ...body, ...heading });
  }

  private async writeLine(report: RunReport): Promise<void> {
    const line = `${this.isLineTorn ? '\n' : ''}${JSON.stringify(report)}\n`;
    try {
      await appendToFile(join(this.folder, attemptFiles.reports), line, mustOutlastPowerCut[report.type]);
      this.isLineTorn = false;
    } catch (error) {
      this.isLineTorn = true;
      this.deps.onProblem('a report could not be written to the journal', error);
    }
  }

  private async writeSmallFile(name: string, content: string, isDurable: boolean): Promise<void> {
    try {
      await replaceFile(join(this.folder, name), content, { isDurable });
    } catch (error) {
      this.deps.onProblem('the journal could not be written', error);
    }
  }

  private inOrder<T>(step: () => Promise<T>): Promise<T> {
    const done = this.writes.then(step);
    this.writes = done.catch(() => undefined);
    return done;
  }
}
