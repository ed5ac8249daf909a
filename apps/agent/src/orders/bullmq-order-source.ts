import { type AgentQueueLogin, type Mailbox, startMailbox, UnacceptableOrderError } from '@fleetclone/queue';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../logging/logger';
import { OrderRefusedError } from './order.errors';
import type { OrderSource } from './order-source';

export interface BullmqOrderSourceOptions {
  readonly macId: string;
  readonly login: AgentQueueLogin;
  readonly log: Logger;
  /** After so long without an answer the connection is made anew; 5 minutes by default. */
  readonly maxSilenceMs?: number;
  readonly checkEveryMs?: number;
}

// Closing waits for Redis, which may be gone.
const closeWithinMs = 5_000;

/** Orders from this Mac's own BullMQ queue. A connection that has gone silent, as after a long sleep, is made anew. */
export class BullmqOrderSource implements OrderSource {
  private mailbox: Mailbox | undefined;
  private isReplacing = false;
  private watchdog: NodeJS.Timeout | undefined;

  constructor(private readonly options: BullmqOrderSourceOptions) {}

  start(handle: (token: string) => Promise<void>): void {
    this.mailbox ??= this.open(handle);
    this.watchdog ??= setInterval(() => this.check(handle), this.options.checkEveryMs ?? 30_000);
  }

  async stop(): Promise<void> {
    clearInterval(this.watchdog);
    const mailbox = this.mailbox;
    this.mailbox = undefined;
    await this.close(mailbox);
  }

  private open(handle: (token: string) => Promise<void>): Mailbox {
    const { macId, login, log } = this.options;
    return startMailbox({
      macId,
      login,
      handle: (token) => dropRefused(handle(token)),
      onError: (error) => log.warn({ err: error }, 'the order queue has a problem'),
    });
  }

  private check(handle: (token: string) => Promise<void>): void {
    const silentMs = this.mailbox?.silentForMs() ?? 0;
    if (this.mailbox === undefined || silentMs < (this.options.maxSilenceMs ?? 300_000)) return;
    // While Redis is away a mailbox cannot close: at most one waits for that, however long it takes.
    if (this.isReplacing) return;
    this.options.log.warn({ silentMs }, 'the order queue has been silent; connecting anew');
    void this.replace(this.mailbox, handle);
  }

  private async replace(silent: Mailbox, handle: (token: string) => Promise<void>): Promise<void> {
    this.isReplacing = true;
    this.mailbox = this.open(handle);
    try {
      await silent.stop();
    } catch (error) {
      this.options.log.warn({ err: error }, 'the order queue did not close cleanly');
    }
    this.isReplacing = false;
  }

  private async close(mailbox: Mailbox | undefined): Promise<void> {
    try {
      await Promise.race([mailbox?.stop(), pause(closeWithinMs, undefined, { ref: false })]);
    } catch (error) {
      this.options.log.warn({ err: error }, 'the order queue did not close cleanly');
    }
  }
}

async function dropRefused(handled: Promise<void>): Promise<void> {
  try {
    await handled;
  } catch (error) {
    if (error instanceof OrderRefusedError) throw new UnacceptableOrderError(error.message, { cause: error });
    throw error;
  }
}
