import { Client, type PoolConfig } from 'pg';
import type { Logger } from 'pino';
import { Observable, Subject } from 'rxjs';
import { liveChannel } from './announce';

export type Announcement =
  { readonly kind: 'run'; readonly runId: string } | { readonly kind: 'fleet' } | { readonly kind: 'orders' };

/** Hears what `announce…` says, on a connection of its own that is opened again whenever it breaks. */
export class Announcements {
  private readonly subject = new Subject<Announcement>();
  private client: Client | undefined;
  private reopening: NodeJS.Timeout | undefined;
  private isClosed = false;

  /** May repeat itself; after a break everything may have changed, which is said as `fleet` and `orders`. */
  readonly all: Observable<Announcement> = this.subject.asObservable();

  constructor(
    private readonly pool: PoolConfig,
    private readonly logger: Logger,
  ) {}

  async open(): Promise<void> {
    const client = new Client({ ...this.pool, keepAlive: true });
    client.on('notification', ({ payload }) => this.hear(payload ?? ''));
    client.on('error', (err) => this.logger.warn({ err }, 'connection for announcements broke'));
    client.on('end', () => this.reopen());
    await client.connect();
    await client.query(`LISTEN ${liveChannel}`);
    this.client = client;
    this.subject.next({ kind: 'fleet' });
    this.subject.next({ kind: 'orders' });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.reopening);
    this.subject.complete();
    await this.client?.end();
  }

  private hear(payload: string): void {
    const runId = /^run:(.+)$/.exec(payload)?.[1];
    if (runId !== undefined) this.subject.next({ kind: 'run', runId });
    else if (payload === 'fleet' || payload === 'orders') this.subject.next({ kind: payload });
  }

  private reopen(): void {
    if (this.isClosed) return;
    this.reopening = setTimeout(() => {
      this.open().catch((err: unknown) => {
        this.logger.warn({ err }, 'connection for announcements cannot be opened yet');
        this.reopen();
      });
    }, 1_000);
  }
}
