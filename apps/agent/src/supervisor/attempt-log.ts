import type { LogLine } from '@fleetclone/contracts';
import type { AttemptJournal } from '../journal/attempt-journal';
import type { ReportBody } from '../journal/report-lines';

const gatherMs = 200;
const linesPerReport = 200;

/** What an attempt tells the people who watch it. Log lines are gathered for a moment; the order of all reports is kept. */
export class AttemptLog {
  private lines: LogLine[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly attempt: AttemptJournal,
    private readonly now: () => Date,
    private readonly onReport: () => void,
  ) {}

  say(level: LogLine['level'], text: string): void {
    this.lines.push({ at: this.now().toISOString(), level, text });
    this.timer ??= setTimeout(() => void this.flush(), gatherMs);
  }

  /** Appends a state or the end, after all lines said before it. */
  async report(body: Exclude<ReportBody, { type: 'log' | 'progress' }>): Promise<void> {
    await this.flush();
    await this.attempt.append(body);
    this.onReport();
  }

  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.lines.length > 0) {
      await this.attempt.append({ type: 'log', lines: this.lines.splice(0, linesPerReport) });
      this.onReport();
    }
  }
}
