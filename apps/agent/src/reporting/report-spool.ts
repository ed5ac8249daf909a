import { ReportReceipt, type RunProgress, type RunReport } from '@fleetclone/contracts';
import { fullJitter } from '@fleetclone/queue';
import { type ControllerClient, ControllerRefusedError } from '../http/controller-client';
import type { AttemptJournal, AttemptKey } from '../journal/attempt-journal';
import type { Journal } from '../journal/journal';
import type { Logger } from '../logging/logger';
import { setTimeout as pause } from 'node:timers/promises';
import { Alarm } from './alarm';
import { batchLimits, composeBatch } from './compose-batch';

export interface ReportSpoolDeps {
  readonly client: Pick<ControllerClient, 'post'>;
  readonly journal: Pick<Journal, 'list' | 'find'>;
  readonly log: Logger;
  /** The controller wants these attempts stopped. It may say so again and again. */
  readonly onCancel: (keys: readonly AttemptKey[]) => void;
  /** The controller does not know this agent any more. */
  readonly onRevoked: () => void;
  /** How often progress is sent, 2 s by default. */
  readonly progressIntervalMs?: number;
  /** The longest wait after a failure, 30 s by default. */
  readonly backOffCapMs?: number;
}

interface Look {
  readonly attempt: AttemptJournal;
  readonly progress: RunProgress;
}

/**
 * Sends what the journal holds, in order, one batch at a time, until the controller has acknowledged it. Of progress only the
 * newest look is kept. Failures cost time, never a report; only a report that the controller calls malformed is given up.
 */
export class ReportSpool {
  private readonly looks = new Map<AttemptJournal, Look>();
  private readonly alarm = new Alarm();
  /** Attempts that the controller took reports of without acknowledging them, and until when they wait. */
  private readonly setAside = new Map<AttemptJournal, number>();
  private nextProgressAt = 0;
  private failures = 0;
  private isStopping = false;
  private running: Promise<void> | undefined;

  constructor(private readonly deps: ReportSpoolDeps) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Something new is in the journal. */
  nudge(): void {
    this.alarm.ring();
  }

  /** The newest look at a transfer; it replaces one not sent yet. */
  look(attempt: AttemptJournal, progress: RunProgress): void {
    this.looks.set(attempt, { attempt, progress });
    this.alarm.ring();
  }

  /** Reports that the controller does not have yet. */
  get unsentCount(): number {
    return this.deps.journal.list().reduce((sum, attempt) => sum + attempt.pending.length, 0);
  }

  /** Sends what is left, for at most `flushMs`, then stops. What is not sent stays in the journal. */
  async stop(flushMs: number): Promise<void> {
    const deadline = performance.now() + flushMs;
    while (
      this.running !== undefined &&
      this.unsentCount > 0 &&
      this.failures === 0 &&
      performance.now() < deadline
    ) {
      await pause(20);
    }
    this.isStopping = true;
    this.alarm.ring();
    await Promise.race([this.running, pause(1_000, undefined, { ref: false })]);
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      const sent = await this.sendOnce();
      if (sent === 'sent') continue;
      if (sent === 'failed') await this.pauseAfterFailure();
      else await this.alarm.wait(this.looks.size > 0 ? this.nextProgressAt - performance.now() : 30_000);
    }
  }

  private async pauseAfterFailure(): Promise<void> {
    const { backOffCapMs = 30_000 } = this.deps;
    const until = performance.now() + fullJitter(this.failures, backOffCapMs);
    // New reports ring, but must not shorten the wait.
    while (performance.now() < until && !this.isStopping) await this.alarm.wait(until - performance.now());
  }

  private async sendOnce(): Promise<'sent' | 'failed' | 'nothing'> {
    const looks = this.takeDueLooks();
    const reports = await this.compose(looks);
    if (reports.length === 0) return 'nothing';
    try {
      await this.exchange(reports);
      this.failures = 0;
      return 'sent';
    } catch (error) {
      for (const look of looks) if (!this.looks.has(look.attempt)) this.looks.set(look.attempt, look);
      return await this.handleFailure(error, reports);
    }
  }

  private takeDueLooks(): Look[] {
    const now = performance.now();
    if (now < this.nextProgressAt || this.looks.size === 0) return [];
    this.nextProgressAt = now + (this.deps.progressIntervalMs ?? 2_000);
    const looks = [...this.looks.values()];
    this.looks.clear();
    return looks;
  }

  private async compose(looks: readonly Look[]): Promise<RunReport[]> {
    const now = performance.now();
    const ready = this.deps.journal.list().filter((attempt) => (this.setAside.get(attempt) ?? 0) <= now);
    const batch = composeBatch(ready.map((attempt) => attempt.pending));
    const reports = [...batch.reports];
    if (!batch.isComplete) return reports;
    for (const { attempt, progress } of looks) {
      const report =
        reports.length < batchLimits.maxReports ? await attempt.numberProgress(progress) : undefined;
      // What was appended meanwhile has a lower number and must go first: this look is left out.
      const isOvertaken = lastNumber(attempt.pending) > lastNumber(reports, attempt.key);
      if (report !== undefined && !isOvertaken) reports.push(report);
    }
    return reports;
  }

  private async exchange(reports: readonly RunReport[]): Promise<void> {
    const receipt = await this.deps.client.post('/api/v1/agent/reports', { reports }, ReportReceipt);
    for (const { runId, fence, seq } of receipt.acknowledged) {
      await this.deps.journal.find({ runId, fence })?.acknowledge(seq);
    }
    this.setAsideUnacknowledged(reports);
    if (receipt.cancel.length > 0) this.deps.onCancel(receipt.cancel);
  }

  private setAsideUnacknowledged(reports: readonly RunReport[]): void {
    for (const attempt of this.deps.journal.list()) {
      const oldest = attempt.pending[0];
      if (oldest === undefined || oldest.seq > lastNumber(reports, attempt.key)) {
        this.setAside.delete(attempt);
        continue;
      }
      this.setAside.set(attempt, performance.now() + (this.deps.backOffCapMs ?? 30_000));
      this.deps.log.warn({ ...attempt.key }, 'the controller took reports without acknowledging them');
    }
  }

  private async handleFailure(error: unknown, reports: readonly RunReport[]): Promise<'sent' | 'failed'> {
    const status = error instanceof ControllerRefusedError ? error.problem.status : undefined;
    if (status === 401) {
      this.deps.onRevoked();
      this.failures += 1;
      return 'failed';
    }
    if (status === 400 || status === 413) return this.sendSingly(reports);
    this.failures += 1;
    this.deps.log.warn({ err: error, failures: this.failures }, 'reports could not be sent; they are kept');
    return 'failed';
  }

  /** One bad report must not hold up the others: each goes alone, and the one at fault is dropped. */
  private async sendSingly(reports: readonly RunReport[]): Promise<'sent' | 'failed'> {
    for (const report of reports) {
      try {
        await this.exchange([report]);
      } catch (error) {
        const status = error instanceof ControllerRefusedError ? error.problem.status : undefined;
        if (status !== 400 && status !== 413) return this.handleFailure(error, []);
        const { runId, fence, seq, type } = report;
        this.deps.log.error(
          { err: error, runId, fence, seq, type },
          'the controller refuses a report; it is dropped',
        );
        this.deps.journal.find(report)?.drop(seq);
      }
    }
    this.failures = 0;
    return 'sent';
  }
}

/** The highest number among these reports, or among those of one attempt; 0 without any. */
function lastNumber(reports: readonly RunReport[], key?: AttemptKey): number {
  return reports
    .filter(({ runId, fence }) => key === undefined || (runId === key.runId && fence === key.fence))
    .reduce((highest, { seq }) => Math.max(highest, seq), 0);
}
