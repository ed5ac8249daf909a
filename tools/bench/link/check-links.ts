import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';
import type { LinkSetting } from '../plan/links';
import { medianOf } from '../report/statistics';
import { startLinks } from './start-links';

const PINGS = 11;

/** Sends a few bytes to and fro over each link, and returns the median round trip of each in milliseconds. */
export async function measureRoundTrips(
  program: string,
  settings: readonly LinkSetting[],
): Promise<ReadonlyMap<string, number>> {
  const echo = createServer({ noDelay: true }, (socket) => socket.pipe(socket));
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const address = echo.address();
  if (address === null || typeof address === 'string') throw new Error('the echo has no port');
  const links = await startLinks(program, address.port, settings);
  try {
    const measured = new Map<string, number>();
    for (const { id } of settings) measured.set(id, await medianPing(links.portOf(id)));
    return measured;
  } finally {
    await links.stop();
    echo.close();
  }
}

async function medianPing(port: number): Promise<number> {
  const socket = createConnection({ host: '127.0.0.1', port, noDelay: true });
  try {
    await once(socket, 'connect');
    await ping(socket); // makes the connection, too
    const times: number[] = [];
    for (let n = 0; n < PINGS; n += 1) times.push(await ping(socket));
    return medianOf(times) ?? 0;
  } finally {
    socket.destroy();
  }
}

async function ping(socket: Socket): Promise<number> {
  const startedMs = performance.now();
  socket.write('ping');
  await once(socket, 'data');
  return performance.now() - startedMs;
}
