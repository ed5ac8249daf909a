import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

const MOST_HELD_BYTES = 256 * 1024;

/** A line to a port of this machine that is as slow as one to a far Mac. */
export interface DistantLine {
  readonly port: number;
  stop(): Promise<void>;
}

/** Holds up everything by half the round trip each way, and lets so many bytes a second pass in each direction. */
export async function startDistantLine(
  targetPort: number,
  roundTripMs: number,
  bytesPerSecond = Infinity,
): Promise<DistantLine> {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ noDelay: true }, (near) => {
    const far = connect({ host: '127.0.0.1', port: targetPort, noDelay: true });
    delay(near, far, roundTripMs / 2, bytesPerSecond);
    delay(far, near, roundTripMs / 2, bytesPerSecond);
    for (const [socket, peer] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        sockets.delete(socket);
        peer.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function delay(from: Socket, to: Socket, delayMs: number, bytesPerSecond: number): void {
  let freeAtMs = 0;
  const onTheWay: { readonly chunk: Buffer; readonly dueMs: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  // One queue and one timer: timers of their own could overtake each other on a busy machine.
  const deliver = (): void => {
    timer = undefined;
    for (let next = onTheWay[0]; next !== undefined && next.dueMs <= performance.now(); next = onTheWay[0]) {
      if (!to.destroyed) to.write(next.chunk);
      onTheWay.shift();
    }
    if (from.isPaused()) from.resume();
    wait();
  };
  const wait = (): void => {
    const [next] = onTheWay;
    if (next !== undefined) timer ??= setTimeout(deliver, Math.max(0, next.dueMs - performance.now()));
  };
  from.on('data', (chunk: Buffer) => {
    freeAtMs = Math.max(performance.now(), freeAtMs) + (chunk.length * 1000) / bytesPerSecond;
    // What is merely on its way is no reason to stop; what waits for the line is.
    if ((freeAtMs - performance.now()) * bytesPerSecond > MOST_HELD_BYTES * 1000) from.pause();
    onTheWay.push({ chunk, dueMs: freeAtMs + delayMs });
    wait();
  });
}
