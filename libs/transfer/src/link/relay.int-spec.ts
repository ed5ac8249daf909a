import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, waitFor } from '@fleetclone/testing';
import { PlainRemote } from '../testkit/plain-remote';
import { runSshCommand } from '../ssh/ssh-command';
import { makeKey } from '../testkit/gated-remote';
import { type Relay, startRelay, throughRelay } from './relay';

jest.setTimeout(30_000);

describe('a relay', () => {
  let server: Server;
  let relay: Relay;
  let accepted: Socket[];
  const clients: Socket[] = [];

  beforeEach(async () => {
    accepted = [];
    server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => undefined);
      accepted.push(socket);
    });
    await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
    relay = await startRelay({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }, 10_000_000);
  });
  afterEach(async () => {
    for (const socket of [...clients.splice(0), ...accepted]) socket.destroy();
    await relay.close();
    await new Promise((resolve) => server.close(resolve));
  });

  function dial(): Socket {
    const client = connect({ host: '127.0.0.1', port: relay.port, allowHalfOpen: true });
    client.on('error', () => undefined);
    clients.push(client);
    return client;
  }

  async function dialThrough(): Promise<{ readonly client: Socket; readonly far: Socket }> {
    const known = accepted.length;
    const client = dial();
    const far = await waitFor('the connection behind the relay', () => accepted[known]);
    return { client, far };
  }

  async function everything(socket: Socket): Promise<Buffer> {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(socket, 'end');
    return Buffer.concat(chunks);
  }

  const errorOf = async (socket: Socket): Promise<unknown> => {
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    return error.code;
  };

  it('passes both directions on unchanged and counts them', async () => {
    const { client, far } = await dialThrough();
    const sent = Buffer.from(Array.from({ length: 700_000 }, (_, i) => (i * 7919) % 251));
    client.end(sent);

    expect((await everything(far)).equals(sent)).toBe(true);
    far.end(sent.subarray(0, 100_000));
    expect((await everything(client)).equals(sent.subarray(0, 100_000))).toBe(true);
    expect(relay.bytesForwarded()).toEqual({ up: 700_000, down: 100_000 });
  });

  it('passes the end of one direction on and keeps the other open', async () => {
    const { client, far } = await dialThrough();
    const atFarEnd = everything(far);
    client.end('question');
    expect((await atFarEnd).toString()).toBe('question');

    await pause(100);
    far.end('answer');
    expect((await everything(client)).toString()).toBe('answer');
  });

  it('resets one side when the other was reset', async () => {
    const one = await dialThrough();
    const two = await dialThrough();
    const errors = Promise.all([errorOf(one.client), errorOf(two.far)]);
    one.far.resetAndDestroy();
    two.client.resetAndDestroy();

    expect(await errors).toEqual(['ECONNRESET', 'ECONNRESET']);
  });

  it('stops reading from a sender whose receiver does not read, and keeps the way back open', async () => {
    relay.setCap(null);
    const { client, far } = await dialThrough();
    far.pause();
    const chunk = Buffer.alloc(1024 * 1024);
    let written = 0;
    const push = (): void => {
      while (client.write(chunk)) written += chunk.length;
      written += chunk.length;
    };
    client.on('drain', push);
    push();

    let before = -1;
    await waitFor('the sender to be held up', async () => {
      const isHeldUp = before === relay.bytesForwarded().up;
      before = relay.bytesForwarded().up;
      await pause(300);
      return isHeldUp;
    });
    expect(written).toBeLessThan(64 * 1024 * 1024);
    far.write('still here');
    const [answer] = (await once(client, 'data')) as [Buffer];
    expect(answer.toString()).toBe('still here');

    client.off('drain', push);
    far.resume();
    await waitFor('the rest to arrive', () => relay.bytesForwarded().up === written);
  });

  it('resets what waits for its turn when it is closed', async () => {
    relay.setCap(10_000);
    const { client, far } = await dialThrough();
    client.write(Buffer.alloc(1024 * 1024));
    await waitFor('bytes to come', () => relay.bytesForwarded().up > 0);
    const errors = Promise.all([errorOf(client), errorOf(far)]);
    far.resume();
    await relay.close();
    await relay.close();

    expect(await errors).toEqual(['ECONNRESET', 'ECONNRESET']);
  });

  it('refuses more connections than ssh could need', async () => {
    for (let i = 0; i < 32; i += 1) await dialThrough();
    const oneMore = dial();
    await once(oneMore.resume(), 'end');

    expect(accepted).toHaveLength(32);
    clients[0]?.resetAndDestroy();
    await waitFor('its place to be taken by another', async () => {
      dial();
      await pause(50);
      return accepted.length === 33;
    });
  });

  it('gives up a remote that does not answer, before ssh would, with the cause that ssh would have told', async () => {
    const script = `const server = require('node:net').createServer();
      server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => process.stdout.write(String(server.address().port)));`;
    const deaf = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [port] = (await once(deaf.stdout, 'data')) as [Buffer];
    deaf.kill('SIGSTOP'); // its kernel still accepts for it, until the queue is full
    const fillers = [1, 2, 3, 4].map(() => connect({ host: '127.0.0.1', port: Number(port.toString()) }));
    for (const filler of fillers) filler.on('error', () => undefined);
    await pause(200);
    const slow = await startRelay({ host: '127.0.0.1', port: Number(port.toString()) }, null);
    try {
      const startedMs = performance.now();
      const client = connect({ host: '127.0.0.1', port: slow.port });
      const code = await errorOf(client);

      expect(code).toBe('ECONNRESET');
      expect(performance.now() - startedMs).toBeLessThan(10_000);
      expect(slow.lastFailure()).toMatchObject({ code: 'SSH.TIMED_OUT' });
    } finally {
      for (const filler of fillers) filler.destroy();
      deaf.kill('SIGKILL');
      await slow.close();
    }
  });
});

describe('ssh through a relay', () => {
  let remote: PlainRemote;
  beforeAll(async () => {
    remote = await PlainRemote.start();
  });
  afterAll(() => remote.stop());

  async function ask(
    to: { readonly host: string; readonly port: number },
    changes: Partial<typeof remote.target> = {},
  ) {
    const relay = await startRelay(to, 10_000_000);
    try {
      const ssh = await remote.configure(throughRelay({ ...remote.target, ...changes }, relay));
      const result = await runSshCommand(ssh, 'echo there', { timeoutMs: 20_000 });
      const code = result.cause === null ? null : relay.explain(result.cause).code;
      return { code, stdout: result.stdout.toString(), lastFailure: relay.lastFailure()?.code ?? null };
    } finally {
      await relay.close();
    }
  }

  it('reaches the remote', async () => {
    expect(await ask(remote.target)).toEqual({ code: null, stdout: 'there\n', lastFailure: null });
    expect(await ask({ ...remote.target, host: 'localhost' })).toMatchObject({ stdout: 'there\n' });
  });

  it('gives the causes that it would give without one', async () => {
    const nobody = await freePort();

    expect(await ask({ ...remote.target, port: nobody })).toMatchObject({
      code: 'SSH.REFUSED',
      lastFailure: 'SSH.REFUSED',
    });
    expect(await ask({ ...remote.target, host: 'no-such-mac.invalid' })).toMatchObject({
      code: 'SSH.HOST_UNKNOWN',
    });
  });

  it('still insists on the pinned host key, and leaves its causes alone', async () => {
    const otherKey = (await readFile(`${await makeKey(remote.temp.path, 'other')}.pub`, 'utf8')).trim();

    expect(await ask(remote.target, { hostKeys: [otherKey] })).toEqual({
      code: 'SSH.HOST_KEY_CHANGED',
      stdout: '',
      lastFailure: null,
    });
  });
});
