import type { BackupOrder, RunProgress, StateReport } from '@fleetclone/contracts';
import { setTimeout as pause } from 'node:timers/promises';
import type { AttemptJournal, AttemptKey } from '../journal/attempt-journal';
import type { Journal } from '../journal/journal';
import type { Logger } from '../logging/logger';
import type { AttemptContext } from './attempt-context';
import type { AttemptEnd } from './attempt-end';
import { AttemptLog } from './attempt-log';
import { endLeftOverChildren } from './child-record';
import { decideRecovery } from './decide-recovery';
import { agentFailedOutcome, cancelledOutcome, supersededOutcome } from './outcomes';
import { runAttempt, type StopReason } from './run-attempt';

/** What every attempt of this agent is given alike. */
export type AttemptSurroundings = Pick<
  AttemptContext,
  'mac' | 'stateFolder' | 'keyFileOf' | 'assertSourcesAllowed' | 'keepAwake' | 'patience'
>;

export interface SupervisorDeps {
  readonly journal: Pick<Journal, 'list' | 'newestFence' | 'prune'>;
  readonly spool: { nudge(): void; look(attempt: AttemptJournal, progress: RunProgress): void };
  readonly surroundings: AttemptSurroundings;
  readonly now: () => Date;
  readonly log: Logger;
}

export interface ActiveAttempt {
  readonly key: AttemptKey;
  readonly planName: string;
  readonly state: StateReport['state'];
  readonly progress: RunProgress | null;
}

interface RunningAttempt {
  readonly attempt: AttemptJournal;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

// rsync gets ten seconds to end by itself, and the whole agent fifteen.
const stopWithinMs = 12_000;
const stateOrder = ['accepted', 'preflight', 'transferring', 'verifying', 'publishing'] as const;

function isLater(state: StateReport['state'], than: StateReport['state'] | undefined): boolean {
  return than === undefined || stateOrder.indexOf(state) > stateOrder.indexOf(than);
}

/** Does the work that the journal holds, one attempt at a time, in the order in which it came. */
export class Supervisor {
  private readonly waiting: AttemptJournal[] = [];
  private readonly lastProgress = new Map<AttemptJournal, RunProgress>();
  private running: RunningAttempt | undefined;
  private isStopping = false;

  constructor(private readonly deps: SupervisorDeps) {}

  /** Takes up what a stop or a crash left behind. To be awaited before orders are taken in. */
  async recover(): Promise<void> {
    const { journal, log } = this.deps;
    for (const attempt of journal.list()) {
      const candidate = {
        key: attempt.key,
        isEnded: attempt.result !== undefined,
        hasOrder: attempt.record.order !== null,
      };
      const decision = decideRecovery(candidate, (runId) => journal.newestFence(runId));
      if (decision === 'rest') continue;
      const hasEndedChild = await endLeftOverChildren(attempt.folder);
      log.info({ ...attempt.key, decision, hasEndedChild }, 'an attempt was found unfinished');
      if (decision === 'supersede') await this.end(attempt, superseded);
      else this.submit(attempt);
    }
  }

  /** Has an attempt done; older attempts at the same run are stopped. */
  submit(attempt: AttemptJournal): void {
    this.supersede(attempt.key);
    this.waiting.push(attempt);
    this.startNext();
  }

  /** Stops an attempt, begun or not. It ends `cancelled`, unless it gets to its end first. */
  cancel(attempt: AttemptJournal): void {
    if (this.running?.attempt === attempt) this.running.abort.abort('cancelled' satisfies StopReason);
    else if (this.takeFromWaiting(attempt)) this.endLater(attempt, cancelled);
  }

  /** Stops every older attempt at the run. */
  supersede({ runId, fence }: AttemptKey): void {
    const isOlder = ({ key }: AttemptJournal): boolean => key.runId === runId && key.fence < fence;
    if (this.running !== undefined && isOlder(this.running.attempt)) {
      this.running.abort.abort('superseded' satisfies StopReason);
    }
    for (const attempt of this.waiting.filter(isOlder)) {
      this.takeFromWaiting(attempt);
      this.endLater(attempt, superseded);
    }
  }

  /** What is under way or waits for its turn. */
  active(): ActiveAttempt[] {
    const all = this.running === undefined ? this.waiting : [this.running.attempt, ...this.waiting];
    return all.map((attempt) => ({
      key: attempt.key,
      planName: attempt.record.order?.plan.name ?? '',
      state: attempt.state ?? 'accepted',
      progress: this.lastProgress.get(attempt) ?? null,
    }));
  }

  /** Stops the transfer under way and begins no other; the journal has them resumed at the next start. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.running?.abort.abort('stopping' satisfies StopReason);
    await Promise.race([this.running?.done, pause(stopWithinMs, undefined, { ref: false })]);
  }

  private startNext(): void {
    if (this.running !== undefined || this.isStopping) return;
    const attempt = this.waiting.shift();
    const order = attempt?.record.order;
    if (attempt === undefined || order === undefined || order === null) return;
    const abort = new AbortController();
    this.running = { attempt, abort, done: this.run(attempt, order, abort.signal) };
  }

  private async run(attempt: AttemptJournal, order: BackupOrder, signal: AbortSignal): Promise<void> {
    const { log } = this.deps;
    try {
      await this.carryOut(attempt, order, signal);
    } catch (error) {
      // A mistake of ours; without an end the run would be resumed for ever.
      log.error({ err: error, ...attempt.key }, 'an attempt broke off');
      await this.end(attempt, { state: 'failed', outcome: agentFailedOutcome, totals: null });
    } finally {
      this.lastProgress.delete(attempt);
      this.running = undefined;
      this.startNext();
    }
  }

  private async carryOut(attempt: AttemptJournal, order: BackupOrder, signal: AbortSignal): Promise<void> {
    const { log } = this.deps;
    log.info({ ...attempt.key }, 'attempt started');
    const attemptLog = this.openLog(attempt);
    if (attempt.state !== 'accepted') {
      attemptLog.say('warn', 'The agent was started anew; the attempt goes on from what was copied so far.');
    }
    const end = await runAttempt(this.contextOf(attempt, order, attemptLog, signal));
    if (end !== undefined) await attemptLog.report({ type: 'result', ...end });
    await attemptLog.flush();
    log.info(
      { ...attempt.key, end: end?.state ?? 'to be resumed', code: end?.outcome.code },
      'attempt ended',
    );
  }

  private contextOf(
    attempt: AttemptJournal,
    order: BackupOrder,
    log: AttemptLog,
    signal: AbortSignal,
  ): AttemptContext {
    return {
      ...this.deps.surroundings,
      order,
      folder: attempt.folder,
      log,
      logger: this.deps.log,
      signal,
      reach: async (state) => {
        // A lost connection does not lead back; a restart of the agent begins with the preflight again.
        if (state !== attempt.state && (state === 'preflight' || isLater(state, attempt.state))) {
          await log.report({ type: 'state', state });
        }
      },
      onProgress: (progress) => {
        this.lastProgress.set(attempt, progress);
        this.deps.spool.look(attempt, progress);
      },
    };
  }

  private openLog(attempt: AttemptJournal): AttemptLog {
    return new AttemptLog(attempt, this.deps.now, () => this.deps.spool.nudge());
  }

  private takeFromWaiting(attempt: AttemptJournal): boolean {
    const at = this.waiting.indexOf(attempt);
    if (at >= 0) this.waiting.splice(at, 1);
    return at >= 0;
  }

  private async end(attempt: AttemptJournal, end: AttemptEnd): Promise<void> {
    await this.openLog(attempt).report({ type: 'result', ...end });
  }

  private endLater(attempt: AttemptJournal, end: AttemptEnd): void {
    this.end(attempt, end).catch((error: unknown) => {
      this.deps.log.error({ err: error, ...attempt.key }, 'the end of an attempt could not be written down');
    });
  }
}

const cancelled: AttemptEnd = { state: 'cancelled', outcome: cancelledOutcome, totals: null };
const superseded: AttemptEnd = { state: 'failed', outcome: supersededOutcome, totals: null };
