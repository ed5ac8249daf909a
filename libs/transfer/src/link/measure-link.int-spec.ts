import { openSshSession, type SshSession } from '../ssh/ssh-session';
import { startDistantLine } from '../testkit/distant-line';
import { PlainRemote } from '../testkit/plain-remote';
import { type LinkMeasurement, measureLink } from './measure-link';

jest.setTimeout(60_000);

const NEVER = new AbortController().signal;
const NOW = new Date('2026-01-14T12:00:00Z');
const MB = 1_000_000;
const SINK = 'echo ready; cat >/dev/null; echo done';

describe('measuring the line through a kept connection', () => {
  let remote: PlainRemote;
  beforeAll(async () => {
    remote = await PlainRemote.start();
  });
  afterAll(() => remote.stop());

  async function over<T>(
    roundTripMs: number,
    bytesPerSecond: number,
    use: (session: SshSession) => Promise<T>,
  ): Promise<T> {
    const line = await startDistantLine(remote.target.port, roundTripMs, bytesPerSecond);
    try {
      return await through(line.port, use);
    } finally {
      await line.stop();
    }
  }

  async function through<T>(port: number, use: (session: SshSession) => Promise<T>): Promise<T> {
    const opened = await openSshSession(await remote.configure({ port }), { signal: NEVER });
    if (opened.ending !== 'opened') throw new Error(`not opened: ${JSON.stringify(opened)}`);
    try {
      return await use(opened.session);
    } finally {
      await opened.session.close();
    }
  }

  const measure = (
    session: SshSession,
    sinkCommand?: string,
    host = '192.0.2.7',
  ): Promise<LinkMeasurement | null> =>
    measureLink(session.config, {
      host,
      pingCommand: 'sleep 2',
      ...(sinkCommand !== undefined && { sinkCommand }),
      signal: NEVER,
      now: () => NOW,
    });

  it.each([0, 30, 150])('finds a round trip of %d ms, however long the command takes', async (ms) => {
    const link = await over(ms, Infinity, (session) => measure(session));

    expect(link).toMatchObject({ isAtLeast: false, measuredAtMs: NOW.getTime() });
    // A busy machine reads ssh's words late, the first or the second; the command takes 2 s.
    expect(link?.roundTripMs).toBeGreaterThanOrEqual(0.7 * ms);
    expect(link?.roundTripMs).toBeLessThan(ms + 100);
  });

  it.each([
    [20, 0.3],
    [0, 1],
    [0, 10],
  ])('finds the rate of a line of %d ms and %d MB/s', async (ms, megabytes) => {
    await over(ms, megabytes * MB, async (session) => {
      const found: number[] = [];
      // A busy machine may disturb some of them.
      while (found.length < 5 && !found.some(isNearlyRight))
        found.push((await measure(session, SINK))?.bytesPerSecond ?? 0);

      expect(found.filter(isNearlyRight)).toHaveLength(1);
      expect(Math.max(...found)).toBeLessThan(1.6 * megabytes * MB);
    });

    function isNearlyRight(rate: number): boolean {
      return rate > 0.4 * megabytes * MB && rate < 1.6 * megabytes * MB;
    }
  });

  it('finds that a line without limits is fast', async () => {
    const link = await over(0, Infinity, (session) => measure(session, SINK));

    expect(link?.bytesPerSecond).toBeGreaterThan(10 * MB);
  });

  it('tells that the remote is this very machine', async () => {
    await through(remote.target.port, async (session) => {
      const found: boolean[] = [];
      // A busy machine may seem to be far from itself.
      while (found.length < 5 && !found.includes(true))
        found.push((await measure(session, SINK, '127.0.0.1'))?.isSameMachine ?? false);
      expect(found).toContain(true);
      expect(await measure(session, SINK)).toMatchObject({ isSameMachine: false });
    });
  });

  it('takes no tunnel to far away for this machine', async () => {
    const link = await over(20, Infinity, (session) => measure(session, SINK, '127.0.0.1'));

    expect(link).toMatchObject({ isSameMachine: false });
  });

  it('does not take the slow start of a far connection for a slow line', async () => {
    const link = await over(60, Infinity, (session) => measure(session, SINK));

    expect(link).toMatchObject({ isAtLeast: true });
  });

  it('knows what one connection carries from very far away, and sends nothing to find out', async () => {
    const link = await over(150, Infinity, (session) => measure(session, 'exit 77'));

    expect(link?.isAtLeast).toBe(false);
    expect(link?.bytesPerSecond).toBeGreaterThan(8 * MB);
    expect(link?.bytesPerSecond).toBeLessThan(20 * MB);
  });

  it('says of a line that carries next to nothing how little it is at most', async () => {
    const link = await over(0, 30_000, (session) => measure(session, SINK));

    expect(link?.isAtLeast).toBe(false);
    expect(link?.bytesPerSecond).toBeLessThan(MB);
  });

  it('does not take a remote that is slow to start a command for a slow line', async () => {
    const link = await over(0, Infinity, (session) => measure(session, `sleep 2; ${SINK}`));

    expect(link?.bytesPerSecond).toBeGreaterThan(MB);
  });

  it('measures no rate when the remote does not do as it is told', async () => {
    const link = await over(0, Infinity, (session) => measure(session, 'exit 77'));

    expect(link).toMatchObject({ bytesPerSecond: null, isAtLeast: false });
  });

  it('measures nothing without a kept connection, nor when it is cancelled', async () => {
    await over(0, Infinity, async ({ config, unshared }) => {
      const options = { host: '192.0.2.7', pingCommand: 'true', now: () => NOW };

      expect(await measureLink(unshared, { ...options, signal: NEVER })).toBeNull();
      expect(await measureLink(config, { ...options, signal: AbortSignal.abort() })).toBeNull();
    });
  });
});
