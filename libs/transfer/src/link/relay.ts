import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { TransferCause } from '../cause';
import { causeOfConnectError } from '../ssh/ssh-failure';
import type { SshTarget } from '../ssh/ssh-target';
import { Meter } from './meter';
import { joinSockets } from './join-sockets';

const MOST_CONNECTIONS = 32;
// ssh would wait 10 s for the banner; the reason must be known before.
const CONNECT_TIMEOUT_MS = 9_000;
// Of several addresses of a name, the next is tried after so long.
const NEXT_ADDRESS_MS = 2_000;
const KEEP_ALIVE_MS = 60_000;

/**
 * A way to the remote that keeps a cap. rsync's own limit is fixed at its start, for one process, and blind to what ssh
 * adds; this one holds for all connections together, counts everything on the line with its headers, and can change
 * at any time. It holds for each direction by itself: the mean of any minute, up or down, is never above it. What comes
 * down can only be slowed by not reading it, so at the start of a stream the system's receive buffer (at most 2 MB, which
 * is all that ssh lets be under way) comes on top once.
 */
export interface Relay {
  /** On 127.0.0.1. */
  readonly port: number;
  /** In bytes per second and direction; null lets everything pass. Holds at once, also for connections that are open. */
  setCap(bytesPerSecond: number | null): void;
  /** What passed so far, without the headers of IP and TCP: `up` to the remote, `down` from it. */
  bytesForwarded(): { readonly up: number; readonly down: number };
  /** Why the newest connection could not be made, as ssh itself would have told; null when it could. */
  lastFailure(): TransferCause | null;
  /** What really was the matter when ssh, which sees only the relay, ended with this cause. */
  explain(cause: TransferCause): TransferCause;
  /** Resets what is still open and stops listening. May be repeated. */
  close(): Promise<void>;
}

/** Starts a relay to the target's host and port. Rejects only when no port of our own can be had. */
export async function startRelay(
  target: Pick<SshTarget, 'host' | 'port'>,
  capBytesPerSecond: number | null,
): Promise<Relay> {
  const relay = new LoopbackRelay(target, capBytesPerSecond);
  await relay.listen();
  return relay;
}

/** The same target by way of the relay: its host keys stay pinned, because they go by the alias. */
export function throughRelay(target: SshTarget, relay: Relay): SshTarget {
  return { ...target, host: '127.0.0.1', port: relay.port };
}

/** What ssh says when the relay closes on it, because there was no connection to be had. */
const CLOSED_ON: readonly TransferCause['code'][] = ['SSH.CLOSED_EARLY', 'SSH.RESET', 'SSH.CLOSED'];

class LoopbackRelay implements Relay {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private readonly up: Meter;
  private readonly down: Meter;
  private failure: TransferCause | null = null;

  constructor(
    private readonly target: Pick<SshTarget, 'host' | 'port'>,
    capBytesPerSecond: number | null,
  ) {
    this.up = new Meter(capBytesPerSecond);
    this.down = new Meter(capBytesPerSecond);
    const options = { allowHalfOpen: true, pauseOnConnect: true, noDelay: true };
    this.server = createServer(options, (client) => this.accept(client));
    this.server.maxConnections = MOST_CONNECTIONS;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ host: '127.0.0.1', port: 0 }, resolve);
    });
  }

  setCap(bytesPerSecond: number | null): void {
    this.up.setCap(bytesPerSecond);
    this.down.setCap(bytesPerSecond);
  }

  bytesForwarded(): { readonly up: number; readonly down: number } {
    return { up: this.up.forwardedBytes, down: this.down.forwardedBytes };
  }

  lastFailure(): TransferCause | null {
    return this.failure;
  }

  explain(cause: TransferCause): TransferCause {
    return this.failure !== null && CLOSED_ON.includes(cause.code) ? this.failure : cause;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.sockets) socket.resetAndDestroy();
    this.setCap(null); // lets go of what waits for its turn
    await closed;
  }

  private accept(client: Socket): void {
    const { host, port } = this.target;
    const remote = connect({
      host,
      port,
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
      autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
    });
    const timer = setTimeout(() => this.fail(client, remote, 'ETIMEDOUT'), CONNECT_TIMEOUT_MS);
    const giveUp = (error: NodeJS.ErrnoException): void => this.fail(client, remote, error.code);
    const forget = (): void => {
      clearTimeout(timer);
      remote.destroy();
    };
    this.track(client);
    this.track(remote);
    client.once('close', forget);
    remote.once('error', giveUp);
    remote.once('close', () => clearTimeout(timer));
    remote.once('connect', () => {
      clearTimeout(timer);
      this.failure = null;
      remote.off('error', giveUp);
      client.off('close', forget);
      joinSockets(client, remote, { up: this.up, down: this.down });
    });
  }

  private track(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    // Every error is followed by 'close', and that is what both sides act on.
    socket.on('error', () => undefined);
  }

  private fail(client: Socket, remote: Socket, errorCode: string | undefined): void {
    this.failure = causeOfConnectError(errorCode) ?? NO_WAY(errorCode);
    remote.destroy();
    client.resetAndDestroy();
  }
}

const NO_WAY = (errorCode: string | undefined): TransferCause => ({
  code: 'SSH.RELAY_FAILED',
  layer: 'agent',
  side: 'source',
  retryable: true,
  message: `The source Mac could not connect to the remote (${errorCode ?? 'unknown error'}). It may have too many files or connections open.`,
});
