import { OrderJob } from '@fleetclone/contracts';
import { UnrecoverableError, Worker } from 'bullmq';
import { setTimeout as pause } from 'node:timers/promises';
import { type AgentQueueLogin, connectAgent } from './connection';
import { agentQueueName, queuePrefix } from './names';

/** An order that can never be carried out, however often it is delivered. */
export class UnacceptableOrderError extends Error {
  override readonly name = 'UnacceptableOrderError';
}

export interface MailboxOptions {
  readonly macId: string;
  readonly login: AgentQueueLogin;
  /**
   * Takes one order token. It must only verify, journal and acknowledge: milliseconds. It may be called twice for one order, and
   * for several at once. Throwing asks for another delivery, except for `UnacceptableOrderError`, which drops the order.
   */
  readonly handle: (token: string) => Promise<void>;
  /** Connection trouble and orders that failed; the mailbox goes on by itself. */
  readonly onError: (error: Error) => void;
}

export interface Mailbox {
  /** Milliseconds since Redis last answered. */
  readonly silentForMs: () => number;
  /**
   * Takes nothing more in, waits for orders being read, closes the connections; also without Redis. What could not be
   * acknowledged is delivered again to the next mailbox.
   */
  readonly stop: () => Promise<void>;
}

/** How long Redis may take to acknowledge what was read, at the end. */
const farewellMs = 3_000;

/** Reads a Mac's own queue. Settings as measured for many idle agents: few wake-ups, locks that outlast short stalls. */
export function startMailbox(options: MailboxOptions): Mailbox {
  const connection = connectAgent(options.login);
  let lastAnswerAt = performance.now();
  const heard = (): void => {
    lastAnswerAt = performance.now();
  };
  const worker = new Worker(
    agentQueueName(options.macId),
    async (job) => {
      heard();
      const parsed = OrderJob.safeParse(job.data);
      if (!parsed.success) throw new UnrecoverableError('the order has no token');
      try {
        await options.handle(parsed.data.token);
      } catch (error) {
        if (error instanceof UnacceptableOrderError) throw new UnrecoverableError(error.message);
        throw error;
      }
    },
    {
      connection,
      prefix: queuePrefix,
      concurrency: 4,
      drainDelay: 60,
      lockDuration: 60_000,
      stalledInterval: 120_000,
      maxStalledCount: 5,
      skipVersionCheck: true,
    },
  );
  // The worker tells of the trouble of both its connections until it is closed.
  connection.on('error', () => undefined);
  connection.on('ready', heard);
  worker.on('error', options.onError);
  worker.on('drained', heard);
  worker.on('failed', (_job, error) => options.onError(error));
  // A ping is not among an agent's rights; reading a key of its own is.
  const probe = setInterval(() => {
    if (connection.status !== 'ready') return;
    connection.exists(`${queuePrefix}:${agentQueueName(options.macId)}:meta`).then(heard, options.onError);
  }, 60_000);
  probe.unref();
  return {
    silentForMs: () => performance.now() - lastAnswerAt,
    stop: async () => {
      clearInterval(probe);
      const closed = worker.close();
      const patience = connection.status === 'ready' ? farewellMs : 0;
      await Promise.race([closed, pause(patience, undefined, { ref: false })]);
      connection.cut();
      await closed;
    },
  };
}
