import type { BackupOrder, CancelOrder, RunOutcome } from '@fleetclone/contracts';
import type { AttemptJournal, AttemptKey } from '../journal/attempt-journal';
import type { Journal } from '../journal/journal';
import type { Logger } from '../logging/logger';
import { cancelledOutcome, notAllowedOutcome } from '../supervisor/outcomes';
import { NotAllowedHereError } from './order.errors';
import type { OrderContext } from './order-handlers';

export interface RunOrdersDeps {
  readonly journal: Pick<Journal, 'find' | 'newestFence' | 'create'>;
  readonly supervisor: {
    submit(attempt: AttemptJournal): void;
    cancel(attempt: AttemptJournal): void;
    supersede(key: AttemptKey): void;
  };
  readonly spool: { nudge(): void };
  /** Throws `NotAllowedHereError` when this Mac's settings do not let a path out. */
  readonly assertSourcesAllowed: (sourcePaths: readonly string[]) => Promise<void>;
  readonly log: Logger;
}

/** Takes backup orders and their cancellations into the journal; the work itself is the supervisor's. */
export class RunOrders {
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly deps: RunOrdersDeps) {}

  /** Journals the order and has it done. An order seen before only has its reports sent again. */
  accept(order: BackupOrder, { expiresAt }: OrderContext): Promise<void> {
    return this.inTurn(async () => {
      if (await this.isKnown(order)) return;
      const record = { expiresAt: expiresAt.toISOString(), order };
      const refusal = await this.findRefusal(order);
      if (refusal !== undefined) {
        const end = { type: 'result', state: 'failed', outcome: refusal, totals: null } as const;
        await this.deps.journal.create(keyOf(order), record, end);
      } else {
        const attempt = await this.deps.journal.create(keyOf(order), record, {
          type: 'state',
          state: 'accepted',
        });
        this.deps.supervisor.submit(attempt);
      }
      this.deps.spool.nudge();
    });
  }

  /** Stops the attempt, or makes sure that it will not start when its order comes later. */
  cancel(key: CancelOrder | AttemptKey, { expiresAt }: OrderContext): Promise<void> {
    return this.inTurn(async () => {
      const attempt = this.deps.journal.find(key);
      if (attempt !== undefined && attempt.result === undefined) {
        this.deps.supervisor.cancel(attempt);
        return;
      }
      if (await this.isKnown(key)) return;
      const end = { type: 'result', state: 'cancelled', outcome: cancelledOutcome, totals: null } as const;
      await this.deps.journal.create(keyOf(key), { expiresAt: expiresAt.toISOString(), order: null }, end);
      this.deps.supervisor.supersede(key);
      this.deps.spool.nudge();
    });
  }

  /** True for an attempt seen before, whose reports are then sent again, and for one that a newer attempt has overtaken. */
  private async isKnown(key: AttemptKey): Promise<boolean> {
    const { runId, fence } = key;
    const attempt = this.deps.journal.find(key);
    if (attempt !== undefined) {
      await attempt.resend();
      this.deps.spool.nudge();
      return true;
    }
    const newestFence = this.deps.journal.newestFence(runId);
    if (fence > newestFence) return false;
    this.deps.log.warn({ runId, fence, newestFence }, 'an order of an overtaken attempt was ignored');
    return true;
  }

  private async findRefusal(order: BackupOrder): Promise<RunOutcome | undefined> {
    try {
      await this.deps.assertSourcesAllowed(order.sourcePaths);
      return undefined;
    } catch (error) {
      if (error instanceof NotAllowedHereError) return notAllowedOutcome(error.message);
      throw error;
    }
  }

  // Orders for one run may be delivered at once; what is known must not change between looking and writing.
  private inTurn(step: () => Promise<void>): Promise<void> {
    const done = this.turn.then(step);
    this.turn = done.catch(() => undefined);
    return done;
  }
}

function keyOf({ runId, fence }: AttemptKey): AttemptKey {
  return { runId, fence };
}
