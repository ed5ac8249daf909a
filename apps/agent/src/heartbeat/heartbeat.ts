import { HeartbeatReply, type MacFacts } from '@fleetclone/contracts';
import { fullJitter } from '@fleetclone/queue';
import { setTimeout as pause } from 'node:timers/promises';
import { type ControllerClient, ControllerRefusedError } from '../http/controller-client';
import type { AttemptKey } from '../journal/attempt-journal';
import type { Logger } from '../logging/logger';
import { Alarm } from '../reporting/alarm';

export interface HeartbeatDeps {
  readonly client: Pick<ControllerClient, 'post'>;
  readonly log: Logger;
  readonly readFacts: () => Promise<MacFacts>;
  readonly activeRuns: () => readonly AttemptKey[];
  readonly onCancel: (keys: readonly AttemptKey[]) => void;
  readonly onRevoked: () => void;
}

const maxActiveRuns = 64;
const minIntervalMs = 250;
const backOffCapMs = 30_000;

/** Says that this Mac is there, as often as the controller asks; brings news of the Mac and hears of cancelled runs. */
export class Heartbeat {
  private readonly alarm = new Alarm();
  private failures = 0;
  private isStopping = false;
  private running: Promise<void> | undefined;

  constructor(private readonly deps: HeartbeatDeps) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Beats now instead of later. */
  beatNow(): void {
    this.alarm.ring();
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    this.alarm.ring();
    // A beat under way may wait for its answer much longer than a daemon may take to stop.
    await Promise.race([this.running, pause(1_000, undefined, { ref: false })]);
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      const waitMs = await this.beat();
      await this.alarm.wait(waitMs);
    }
  }

  /** One beat; gives the time to the next one in milliseconds. */
  private async beat(): Promise<number> {
    try {
      const facts = await this.deps.readFacts();
      const activeRuns = this.deps.activeRuns().slice(0, maxActiveRuns);
      const reply = await this.deps.client.post(
        '/api/v1/agent/heartbeat',
        { facts, activeRuns },
        HeartbeatReply,
      );
      this.failures = 0;
      if (reply.cancel.length > 0) this.deps.onCancel(reply.cancel);
      return Math.max(minIntervalMs, reply.nextInMs);
    } catch (error) {
      if (error instanceof ControllerRefusedError && error.problem.status === 401) this.deps.onRevoked();
      this.failures += 1;
      this.deps.log.warn(
        { err: error, failures: this.failures },
        'the controller did not take the heartbeat',
      );
      return fullJitter(this.failures, backOffCapMs);
    }
  }
}
