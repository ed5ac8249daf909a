import { setTimeout as pause } from 'node:timers/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { AgentSettings } from '../config/agent-settings';
import type { AgentIdentity } from '../config/identity';
import type { StateFolder } from '../config/state-folder';
import { CredentialKeys } from '../credentials/credential-keys';
import { CredentialOrders } from '../credentials/credential-orders';
import { Heartbeat } from '../heartbeat/heartbeat';
import { ControllerClient } from '../http/controller-client';
import type { AttemptKey } from '../journal/attempt-journal';
import { Journal } from '../journal/journal';
import type { Logger } from '../logging/logger';
import { BullmqOrderSource } from '../orders/bullmq-order-source';
import { assertSourcesAllowed } from '../orders/local-policy';
import type { OrderHandlers } from '../orders/order-handlers';
import type { OrderSource } from '../orders/order-source';
import { receiveOrder } from '../orders/receive-order';
import { RunOrders } from '../orders/run-orders';
import type { MacPlatform } from '../platform/mac-platform';
import { ReportSpool } from '../reporting/report-spool';
import { usualPatience } from '../supervisor/attempt-context';
import { Supervisor } from '../supervisor/supervisor';
import { createFactsReader } from './mac-facts';
import { StatusWriter } from './status-writer';

export interface DaemonOptions {
  readonly folder: StateFolder;
  readonly identity: AgentIdentity;
  readonly settings: AgentSettings;
  readonly platform: MacPlatform;
  readonly log: Logger;
}

const pruneEveryMs = 3_600_000;
const flushReportsMs = 1_000;
// A cancellation that comes by HTTP has no expiry of its own; longer than any order lives.
const cancellationLastsMs = 60 * 86_400_000;
// A service manager would start a revoked agent again at once.
const revokedPauseMs = 10_000;

/** The agent at work. */
export class Daemon {
  private readonly startedAt = new Date().toISOString();
  private lastContactAt: string | null = null;
  private pruning: NodeJS.Timeout | undefined;
  private readonly spool: ReportSpool;
  private readonly supervisor: Supervisor;
  private readonly runOrders: RunOrders;
  private readonly heartbeat: Heartbeat;
  private readonly source: OrderSource;
  private readonly status: StatusWriter;
  private readonly handlers: OrderHandlers;
  private noteRevocation: () => void = () => undefined;
  /** Settles when the controller does not know this agent any more. */
  private readonly revocation = new Promise<void>((resolve) => {
    this.noteRevocation = resolve;
  });

  private constructor(
    private readonly options: DaemonOptions,
    private readonly journal: Journal,
  ) {
    const { identity, folder, log } = options;
    const client = this.connect();
    const keys = new CredentialKeys(folder.keysFolder);
    const onCancel = (cancelled: readonly AttemptKey[]): void => this.cancelAll(cancelled);
    const onRevoked = (): void => this.noteRevocation();
    this.spool = new ReportSpool({ client, journal, log, onCancel, onRevoked });
    this.supervisor = this.makeSupervisor(keys);
    this.runOrders = this.makeRunOrders();
    this.handlers = this.makeHandlers(client, keys);
    const readFacts = createFactsReader(options.platform, options.settings);
    const activeRuns = (): AttemptKey[] => this.supervisor.active().map(({ key }) => key);
    this.heartbeat = new Heartbeat({ client, log, readFacts, activeRuns, onCancel, onRevoked });
    this.source = new BullmqOrderSource({ macId: identity.macId, login: identity.queue, log });
    this.status = new StatusWriter(folder.statusFile, () => this.describe(), log);
  }

  /** Starts everything: first what was left unfinished, then what is new. */
  static async start(options: DaemonOptions): Promise<Daemon> {
    const { log, folder, identity } = options;
    const onProblem = (problem: string, error: unknown): void => log.error({ err: error }, problem);
    const journal = await Journal.open(folder.runsFolder, { now: () => new Date(), onProblem });
    const daemon = new Daemon(options, journal);
    await daemon.begin();
    log.info({ macId: identity.macId, controller: identity.controllerUrl }, 'agent started');
    return daemon;
  }

  /** Works until the signal (gives `stopped`) or until the controller revokes the agent (gives `revoked`); then stops everything. */
  async untilEnded(signal: AbortSignal): Promise<'stopped' | 'revoked'> {
    const stopped = new Promise<'stopped'>((resolve) => {
      if (signal.aborted) resolve('stopped');
      signal.addEventListener('abort', () => resolve('stopped'), { once: true });
    });
    const ending = await Promise.race([stopped, this.revocation.then(() => 'revoked' as const)]);
    if (ending === 'revoked') this.options.log.error('the controller has revoked this agent; enrol it again');
    await this.stop();
    if (ending === 'revoked') await Promise.race([pause(revokedPauseMs), stopped]);
    return ending;
  }

  private async begin(): Promise<void> {
    await this.prune();
    this.spool.start();
    this.heartbeat.start();
    await this.supervisor.recover();
    this.source.start((token) => this.receive(token));
    this.status.start();
    this.pruning = setInterval(() => void this.prune(), pruneEveryMs);
  }

  /** Takes nothing new in, ends transfers cleanly and sends what is left; all of it within fifteen seconds. */
  private async stop(): Promise<void> {
    const { log } = this.options;
    log.info('agent stopping');
    clearInterval(this.pruning);
    await Promise.all([this.source.stop(), this.supervisor.stop(), this.heartbeat.stop()]);
    await this.spool.stop(flushReportsMs);
    await this.status.stop();
    log.info('agent stopped');
  }

  private receive(token: string): Promise<void> {
    const { identity, log } = this.options;
    return receiveOrder(token, { trust: identity, handlers: this.handlers, log });
  }

  private connect(): ControllerClient {
    const { controllerUrl, agentToken } = this.options.identity;
    const onContact = (): void => {
      this.lastContactAt = new Date().toISOString();
    };
    return new ControllerClient({ controllerUrl, agentToken, onContact });
  }

  private makeSupervisor(keys: CredentialKeys): Supervisor {
    const { identity, folder, platform, log } = this.options;
    return new Supervisor({
      journal: this.journal,
      spool: this.spool,
      now: () => new Date(),
      log,
      surroundings: {
        mac: { id: identity.macId, name: identity.name },
        stateFolder: folder.path,
        keyFileOf: (credentialId) => keys.privateKeyFile(credentialId),
        assertSourcesAllowed: (paths) => this.assertSourcesAllowed(paths),
        keepAwake: (pid) => platform.keepAwake(pid),
        patience: usualPatience,
      },
    });
  }

  private makeRunOrders(): RunOrders {
    const { journal, supervisor, spool } = this;
    const check = (paths: readonly string[]): Promise<void> => this.assertSourcesAllowed(paths);
    return new RunOrders({ journal, supervisor, spool, assertSourcesAllowed: check, log: this.options.log });
  }

  private makeHandlers(client: ControllerClient, keys: CredentialKeys): OrderHandlers {
    const { settings, log } = this.options;
    const ownUser = userInfo().username;
    const credentials = new CredentialOrders({
      client,
      keys,
      log,
      site: { gateFolder: this.gateFolder(), authorizedKeysFile: settings.ssh.authorizedKeysFile },
      destinationRoots: settings.destinationRoots,
      sshUser: settings.ssh.user ?? ownUser,
      ownUser,
    });
    return {
      backup: (order, context) => this.runOrders.accept(order, context),
      cancel: (order, context) => this.runOrders.cancel(order, context),
      'create-credential': (order) => credentials.create(order),
      'authorise-credential': (order) => credentials.authorise(order),
    };
  }

  private gateFolder(): string {
    const { settings, platform, folder } = this.options;
    const usual = process.getuid?.() === 0 ? platform.rootGateFolder : join(folder.path, 'gate');
    return settings.gateFolder ?? usual;
  }

  private assertSourcesAllowed(paths: readonly string[]): Promise<void> {
    return assertSourcesAllowed(paths, this.options.settings.sourceRoots, this.options.folder.path);
  }

  private cancelAll(keys: readonly AttemptKey[]): void {
    const expiresAt = new Date(Date.now() + cancellationLastsMs);
    for (const key of keys) {
      this.runOrders.cancel(key, { expiresAt }).catch((error: unknown) => {
        this.options.log.error({ err: error, ...key }, 'a cancellation could not be written down');
      });
    }
  }

  private async prune(): Promise<void> {
    try {
      await this.journal.prune();
    } catch (error) {
      this.options.log.warn({ err: error }, 'old journal folders could not be cleared away');
    }
  }

  private describe(): ReturnType<ConstructorParameters<typeof StatusWriter>[1]> {
    return {
      startedAt: this.startedAt,
      lastContactAt: this.lastContactAt,
      unsentReports: this.spool.unsentCount,
      activeRuns: this.supervisor
        .active()
        .map(({ key, planName, state, progress }) => ({ ...key, planName, state, progress })),
    };
  }
}
