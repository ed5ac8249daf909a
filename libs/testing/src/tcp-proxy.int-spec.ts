import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from 'node:net';
import { startTcpProxy, type TcpProxy } from './tcp-proxy';
import { waitFor } from './wait-for';

describe('startTcpProxy', () => {
  let echo: Server;
  let proxy: TcpProxy;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    // Answers only after the end of its input, so a half-closed connection must carry on.
    echo = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => socket.write(chunk));
      socket.on('end', () => socket.end('bye'));
    });
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
    proxy = await startTcpProxy((echo.address() as AddressInfo).port);
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await proxy.stop();
    await new Promise((resolve) => echo.close(resolve));
  });

  const connect = async (port = proxy.port) => {
    const socket = createConnection({ host: '127.0.0.1', port, allowHalfOpen: true });
    sockets.push(socket);
    const received: Buffer[] = [];
    const seen = { error: '', ended: false, text: () => Buffer.concat(received).toString() };
    socket.on('data', (chunk) => received.push(chunk));
    socket.on('end', () => (seen.ended = true));
    socket.on('error', (error: NodeJS.ErrnoException) => (seen.error = error.code ?? 'error'));
    await waitFor('the connection or its refusal', () => !socket.connecting);
    return { socket, seen };
  };

  it('passes bytes both ways and the end of each direction alone', async () => {
    const { socket, seen } = await connect();
    const big = 'x'.repeat(2_000_000);
    socket.end(big);
    await waitFor('the end', () => seen.ended);
    expect(seen.text()).toBe(`${big}bye`);
    expect(proxy.bytesForwarded()).toEqual({ up: 2_000_000, down: 2_000_003 });
    await waitFor('the connection to be forgotten', () => proxy.connectionCount() === 0);
  });

  it('cuts connections with a reset, refuses new ones, and resumes on the same port', async () => {
    const { socket, seen } = await connect();
    socket.write('hello');
    await waitFor('the echo', () => seen.text() === 'hello');

    await proxy.cut();
    await waitFor('the reset', () => seen.error);
    expect(seen.error).toBe('ECONNRESET');
    expect((await connect()).seen.error).toBe('ECONNREFUSED');

    await proxy.resume();
    const after = await connect();
    after.socket.write('again');
    await waitFor('the echo', () => after.seen.text() === 'again');
  });

  it('holds the rate it is given, and lifts it', async () => {
    proxy.throttle(100_000);
    const { socket } = await connect();
    const start = performance.now();
    socket.write(Buffer.alloc(10_000_000));
    await waitFor('60 kB', () => proxy.bytesForwarded().up >= 60_000, { intervalMs: 5 });
    const seconds = (performance.now() - start) / 1000;
    // A tenth of a second's worth may have been saved up before the first byte.
    expect(60_000).toBeLessThanOrEqual(100_000 * (seconds + 0.1));

    proxy.throttle(undefined);
    await waitFor('the rest', () => proxy.bytesForwarded().up === 10_000_000);
  });

  it('lets nothing pass at a rate of nothing, without closing', async () => {
    const { socket, seen } = await connect();
    proxy.throttle(0);
    socket.write('stuck');
    // Another connection made later has its answer only after the rate is lifted, too.
    await expect(waitFor('an echo', () => seen.text(), { timeoutMs: 150 })).rejects.toThrow(/waited/);
    expect(seen).toMatchObject({ error: '', ended: false });
    proxy.throttle(undefined);
    await waitFor('the echo', () => seen.text() === 'stuck');
  });

  it('resets a client whose target is not there', async () => {
    const nowhere = await startTcpProxy(1);
    const { seen } = await connect(nowhere.port);
    await waitFor('the reset', () => seen.error);
    await nowhere.stop();
  });
});
