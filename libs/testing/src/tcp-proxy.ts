import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './free-port';
import { TokenBucket } from './token-bucket';

export interface TcpProxy {
  readonly port: number;
  /** Destroys all connections (the peers see a reset) and refuses new ones. */
  cut(): Promise<void>;
  /** Accepts connections again, on the same port. */
  resume(): Promise<void>;
  /** Caps all connections together, in each direction, in bytes per second; 0 lets nothing pass, undefined lifts it. */
  throttle(bytesPerSecond: number | undefined): void;
  connectionCount(): number;
  /** Bytes passed on so far: `up` towards the target, `down` back from it. */
  bytesForwarded(): { readonly up: number; readonly down: number };
  stop(): Promise<void>;
}

/** Starts a proxy from a free port on 127.0.0.1 to a TCP port there, to disturb the traffic between two programs. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const proxy = new LoopbackProxy(targetPort, await freePort());
  await proxy.resume();
  return proxy;
}

class LoopbackProxy implements TcpProxy {
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();
  private readonly up = new TokenBucket();
  private readonly down = new TokenBucket();

  constructor(
    private readonly targetPort: number,
    readonly port: number,
  ) {}

  async resume(): Promise<void> {
    if (this.server !== undefined) return;
    const server = createServer({ allowHalfOpen: true }, (client) => this.connect(client));
    this.server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: '127.0.0.1', port: this.port }, resolve);
    });
  }

  async cut(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    const closed = new Promise<void>((resolve) => {
      if (server === undefined) resolve();
      else server.close(() => resolve());
    });
    for (const socket of this.sockets) socket.resetAndDestroy();
    await closed;
  }

  throttle(bytesPerSecond: number | undefined): void {
    this.up.setRate(bytesPerSecond);
    this.down.setRate(bytesPerSecond);
  }

  connectionCount(): number {
    return this.sockets.size / 2;
  }

  bytesForwarded(): { readonly up: number; readonly down: number } {
    return { up: this.up.taken, down: this.down.taken };
  }

  async stop(): Promise<void> {
    this.throttle(undefined);
    await this.cut();
  }

  private connect(client: Socket): void {
    const target = createConnection({ host: '127.0.0.1', port: this.targetPort, allowHalfOpen: true });
    for (const [socket, peer] of [
      [client, target],
      [target, client],
    ] as const) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      // The 'close' that follows every error is what matters.
      socket.on('error', () => undefined);
      socket.once('close', (hadError) => {
        this.sockets.delete(socket);
        if (hadError || !socket.readableEnded) peer.resetAndDestroy();
      });
    }
    void pump(client, target, this.up);
    void pump(target, client, this.down);
  }
}

/** Passes on what arrives as fast as the bucket and the receiver allow, then the end of the stream. */
async function pump(from: Socket, to: Socket, bucket: TokenBucket): Promise<void> {
  try {
    // Plain iteration would destroy the socket when one direction ends, and with it the other direction.
    for await (const chunk of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      for (let offset = 0; offset < chunk.length;) {
        const size = await bucket.take(chunk.length - offset, () => to.destroyed);
        if (size === 0) return;
        const isFull = !to.write(chunk.subarray(offset, offset + size));
        offset += size;
        if (isFull && !to.destroyed) await drained(to);
      }
    }
    to.end();
  } catch {
    to.resetAndDestroy(); // the sender was reset: its peer must see the same
  }
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      socket.off('drain', settle);
      socket.off('close', settle);
      resolve();
    };
    socket.on('drain', settle);
    socket.on('close', settle);
  });
}
