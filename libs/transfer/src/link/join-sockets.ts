import type { Socket } from 'node:net';
import type { Meter } from './meter';

/**
 * Makes two open connections one: what either side sends reaches the other when the meter of its direction lets it, an
 * end of one direction is passed on as that, and a reset as a reset. Both sockets must be paused and allow half-open.
 */
export function joinSockets(
  client: Socket,
  remote: Socket,
  meters: { readonly up: Meter; readonly down: Meter },
): void {
  resetTogether(client, remote);
  resetTogether(remote, client);
  void carry(client, remote, meters.up);
  void carry(remote, client, meters.down);
}

function resetTogether(socket: Socket, peer: Socket): void {
  socket.once('close', (hadError) => {
    // A connection that ended in order has been read to its end.
    if (hadError || !socket.readableEnded) peer.resetAndDestroy();
  });
  if (socket.destroyed) peer.resetAndDestroy();
}

/** Reads only while the other side takes what was read, so that nothing but the system's own buffers fills up. */
async function carry(from: Socket, to: Socket, meter: Meter): Promise<void> {
  try {
    // Leaving the loop must not destroy the socket: its other direction goes on.
    for await (const chunk of from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (!(await pass(chunk, to, meter))) return;
    }
    to.end();
  } catch {
    to.resetAndDestroy(); // the sender was reset, and its peer must see the same
  }
}

/** False when the receiver went away first. */
async function pass(chunk: Buffer, to: Socket, meter: Meter): Promise<boolean> {
  for (let rest = chunk; rest.length > 0;) {
    const part = await meter.admit(rest.length);
    if (to.destroyed) return false;
    meter.forwardedBytes += part;
    if (!to.write(rest.subarray(0, part))) await untilTaken(to);
    rest = rest.subarray(part);
  }
  return true;
}

function untilTaken(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      socket.off('drain', settle);
      socket.off('close', settle);
      resolve();
    };
    socket.on('drain', settle);
    socket.on('close', settle);
    if (socket.destroyed) settle();
  });
}
