import { once } from 'node:events';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { DelayedLink } from './delayed-link';
import type { LinkClockSettings } from './link-clock';

describe('a delayed link', () => {
  let server: Server;
  let port: number;
  let onConnection: (socket: Socket) => void;
  const links: DelayedLink[] = [];
  const sockets: Socket[] = [];

  beforeEach(async () => {
    onConnection = (socket) => socket.pipe(socket);
    server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      onConnection(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as { port: number });
  });

  afterEach(async () => {
    for (const link of links.splice(0)) await link.stop();
    for (const socket of sockets.splice(0)) socket.destroy();
    server.close();
  });

  async function open(settings: Partial<LinkClockSettings>): Promise<{ socket: Socket; link: DelayedLink }> {
    const link = new DelayedLink(port, { roundTripMs: 0, bytesPerSecond: null, ...settings });
    links.push(link);
    const socket = createConnection({
      host: '127.0.0.1',
      port: await link.start(),
      allowHalfOpen: true,
      noDelay: true,
    });
    sockets.push(socket);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return { socket, link };
  }

  async function ping(socket: Socket): Promise<number> {
    const startedMs = performance.now();
    socket.write('ping');
    await once(socket, 'data');
    return performance.now() - startedMs;
  }

  /** Whether the socket ended by an error. `once` of events would take the error itself for a failure. */
  const brokenOff = (socket: Socket): Promise<boolean> =>
    new Promise((resolve) => socket.once('close', resolve));

  it('costs two round trips for a first answer and one for each later one', async () => {
    const { socket } = await open({ roundTripMs: 60 });
    const first = await ping(socket);
    expect(first).toBeGreaterThan(118);
    const later = Math.min(await ping(socket), await ping(socket), await ping(socket));
    expect(later).toBeGreaterThan(58);
    // A busy machine may be late, but not by as much as a whole round trip each time.
    expect(later).toBeLessThan(118);
  });

  it('passes everything on, in order, and counts it each way', async () => {
    const { socket, link } = await open({ roundTripMs: 4, bytesPerSecond: 50_000_000 });
    const sent = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => (index * 7) % 251));
    const received: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => received.push(chunk));
    socket.end(sent);
    await once(socket, 'end');
    expect(Buffer.concat(received).equals(sent)).toBe(true);
    expect(link.bytes()).toEqual({ up: 3_000_000, down: 3_000_000 });
  });

  it('holds all its connections together to its rate', async () => {
    const { socket, link } = await open({ bytesPerSecond: 5_000_000 });
    const address = { host: '127.0.0.1', port: socket.remotePort ?? 0 };
    const second = createConnection({ ...address, allowHalfOpen: true });
    sockets.push(second);
    const startedMs = performance.now();
    for (const one of [socket, second]) {
      one.resume();
      one.end(Buffer.alloc(1_000_000));
    }
    await Promise.all([once(socket, 'end'), once(second, 'end')]);
    expect(performance.now() - startedMs).toBeGreaterThan(395);
    expect(link.bytes().up).toBe(2_000_000);
  });

  it('keeps one direction open when the other has ended', async () => {
    onConnection = (socket) => {
      socket.resume();
      socket.once('end', () => socket.end('everything was read'));
    };
    const { socket } = await open({ roundTripMs: 10 });
    socket.end('all I have to say');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toBe('everything was read');
  });

  it('makes a reset at one end a reset at the other', async () => {
    onConnection = (socket) => socket.once('data', () => socket.resetAndDestroy());
    const { socket } = await open({ roundTripMs: 10 });
    socket.write('x');
    expect(await brokenOff(socket)).toBe(true);
  });

  it('resets a connection whose target refuses', async () => {
    server.close();
    const { socket } = await open({ roundTripMs: 10 });
    expect(await brokenOff(socket)).toBe(true);
  });
});
