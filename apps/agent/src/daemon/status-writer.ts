import { isDeepStrictEqual } from 'node:util';
import { replaceFile } from '../config/durable-file';
import type { Logger } from '../logging/logger';
import type { AgentStatus } from './agent-status';

const everyMs = 2_000;

/** Writes the status file when there is something new, at most every two seconds. */
export class StatusWriter {
  private written: AgentStatus | undefined;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly path: string,
    private readonly look: () => AgentStatus,
    private readonly log: Logger,
  ) {}

  start(): void {
    this.write();
    this.timer ??= setInterval(() => this.write(), everyMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.write();
    await this.writing;
  }

  private write(): void {
    const status = this.look();
    if (isDeepStrictEqual(status, this.written)) return;
    this.written = status;
    this.writing = this.writing
      .then(() => replaceFile(this.path, `${JSON.stringify(status)}\n`, { isDurable: false }))
      .catch((error: unknown) => this.log.warn({ err: error }, 'the status file could not be written'));
  }
}
