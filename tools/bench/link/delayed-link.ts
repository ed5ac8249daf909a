import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { DelayedStream } from './delayed-stream';
import { LinkClock, type LinkClockSettings } from './link-clock';

const HOST = '127.0.0.1';

/** Bytes that went through, as TCP carries them: without the headers of TCP and IP. */
export interface LinkBytes {
  /** Towards the target. */
  readonly up: number;
  readonly down: number;
}

/**
 * A relay on the loopback address that makes a TCP port seem far away: each direction is delayed by half the round trip
 * and held to the rate, all connections together. A new connection costs its round trip too: the target sees it after
 * one and a half. Half-closed connections stay so, and a reset of one side becomes a reset of the other.
 */
export class DelayedLink {
  private readonly up: LinkClock;
  private readonly down: LinkClock;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  private upBytes = 0;
  private downBytes = 0;

  constructor(
    private readonly targetPort: number,
    private readonly settings: LinkClockSettings,
  ) {
    this.up = new LinkClock(settings);
    this.down = new LinkClock(settings);
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.accept(client));
  }

  /** Listens on a port of the system's choice, and returns it. */
  async start(): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen({ host: HOST, port: 0 }, resolve);
    });
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('the link has no port');
    return address.port;
  }

  bytes(): LinkBytes {
    return { up: this.upBytes, down: this.downBytes };
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.sockets) socket.resetAndDestroy();
    await closed;
  }

  private accept(client: Socket): void {
    const openInMs = this.settings.roundTripMs * 1.5;
    const up = new DelayedStream(client, this.up, performance.now() + openInMs, (n) => (this.upBytes += n));
    const opening = setTimeout(() => this.connect(client, up), openInMs);
    this.watch(client, () => {
      clearTimeout(opening);
      up.reset();
    });
    client.once('close', () => clearTimeout(opening));
  }

  private connect(client: Socket, up: DelayedStream): void {
    const target = createConnection({
      host: HOST,
      port: this.targetPort,
      allowHalfOpen: true,
      noDelay: true,
    });
    const down = new DelayedStream(target, this.down, 0, (n) => (this.downBytes += n));
    this.watch(target, () => down.reset());
    target.once('connect', () => up.deliverTo(target));
    down.deliverTo(client);
    client.once('close', () => down.stop());
    target.once('close', () => up.stop());
  }

  /** Calls back when the socket ended in any way but the good one. */
  private watch(socket: Socket, onBroken: () => void): void {
    this.sockets.add(socket);
    // The 'close' that follows every error is what matters.
    socket.on('error', () => undefined);
    socket.once('close', (hadError) => {
      this.sockets.delete(socket);
      if (hadError || !socket.readableEnded) onBroken();
    });
  }
}
