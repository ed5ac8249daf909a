import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from 'pino';
import { filter, type Subscription } from 'rxjs';
import { Presence } from '../../presence';
import { loggerToken } from '../../platform/injection';
import { Announcements } from '../../platform/live/announcements';
import { Mailboxes } from '../../platform/redis/mailboxes';
import { DispatchOrders } from './dispatch-orders';
import { ReconcileOrders } from './reconcile-orders';

/** Announcements wake the dispatcher; this is for what an announcement missed. */
const dispatchEveryMs = 5_000;
const reconcileEveryMs = 30_000;
/** An order's effect shows within seconds when its Mac is there. */
const orderGraceMs = 30_000;

/** When the dispatcher and the reconciler run: never two of the same at once, and never not at all. */
@Injectable()
export class DispatchSchedule implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly subscriptions: Subscription[] = [];
  private readonly timers: NodeJS.Timeout[] = [];
  private isWanted = false;
  private running: Promise<void> | null = null;

  constructor(
    private readonly dispatchOrders: DispatchOrders,
    private readonly reconcileOrders: ReconcileOrders,
    private readonly presence: Presence,
    private readonly mailboxes: Mailboxes,
    private readonly announcements: Announcements,
    @Inject(loggerToken) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    const ordersDue = this.announcements.all.pipe(filter(({ kind }) => kind === 'orders'));
    this.subscriptions.push(
      ordersDue.subscribe(() => this.wake()),
      this.mailboxes.ready.subscribe(() => void this.reconcile(0)),
    );
    this.timers.push(
      setInterval(() => this.wake(), dispatchEveryMs),
      setInterval(() => void this.reconcile(orderGraceMs), reconcileEveryMs),
      setInterval(() => void this.attempt('presence', () => this.presence.noticeAbsence()), 10_000),
    );
    this.wake();
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    this.isWanted = false;
    await this.running;
  }

  private async reconcile(graceMs: number): Promise<void> {
    await this.attempt('reconcile', () => this.reconcileOrders.execute(graceMs));
    this.wake();
  }

  /** Runs the dispatcher now, or once more when it is running. */
  private wake(): void {
    this.isWanted = true;
    this.running ??= this.runWhileWanted().finally(() => (this.running = null));
  }

  private async runWhileWanted(): Promise<void> {
    while (this.isWanted) {
      this.isWanted = false;
      await this.attempt('dispatch', () => this.dispatchOrders.execute());
    }
  }

  private async attempt(name: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (err) {
      this.logger.error({ err, work: name }, 'background work failed and will be tried again');
    }
  }
}
