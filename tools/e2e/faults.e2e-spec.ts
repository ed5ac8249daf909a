import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isFinalRunState, RunEventList, RunPage, RunView } from '@fleetclone/contracts';
import { type RedisServer, startRedis, waitFor } from '@fleetclone/testing';
import { compareTrees, makeDemoHome } from '../demo-home';
import { submitRun } from '../demo/demo-fleet';
import { startFleet, type TestFleet } from './start-fleet';

jest.setTimeout(120_000);

/** Whole programs, killed where it hurts. Each test ends with one good run and a copy that equals its source. */
describe('a fleet under fault', () => {
  let redis: RedisServer;
  let fleet: TestFleet;

  beforeAll(async () => {
    redis = await startRedis();
    fleet = await startFleet({
      REDIS_URL: redis.url,
      FLEETCLONE_REDIS_PUBLIC_URL: `redis://127.0.0.1:${redis.port}`,
    });
    await makeDemoHome(join(fleet.folders.home, 'files'), { seed: 7, files: 400, bytes: 20_000_000 });
  });

  afterAll(async () => {
    await fleet.stop();
    await redis.stop();
  });

  const view = (id: string) => fleet.api.get(`/runs/${id}`, RunView);
  const ended = (id: string) =>
    waitFor(
      'the run to end',
      async () => {
        const run = await view(id);
        return isFinalRunState(run.state) ? run : undefined;
      },
      { timeoutMs: 90_000, intervalMs: 100 },
    );
  const states = async (id: string) =>
    (await fleet.api.get(`/runs/${id}/events`, RunEventList)).items.flatMap(({ state }) =>
      state === null ? [] : [state],
    );
  const differences = async () =>
    (
      await compareTrees(fleet.folders.home, fleet.copy, {
        ownership: process.getuid?.() === 0,
        xattrs: true,
      })
    ).differences;
  const parts = 24;
  /** Something that takes a few seconds to send: it does not compress. */
  const addBigFiles = async (name: string) => {
    const folder = join(fleet.folders.home, 'big', name);
    await mkdir(folder, { recursive: true });
    const chunk = randomBytes(16 * 1024 * 1024);
    for (let part = 0; part < parts; part += 1) {
      await writeFile(join(folder, `part ${part}`), Buffer.concat([randomBytes(16), chunk]));
    }
  };
  /** The transfer is under way when some of the big files, but not all, lie at the destination. */
  const underWay = (name: string) =>
    waitFor(
      'the transfer to be under way',
      async () => {
        const there = await readdir(join(fleet.copy, 'big', name), { recursive: true });
        return there.filter((file) => file.includes('part ')).length >= 3;
      },
      { timeoutMs: 30_000, intervalMs: 10 },
    );

  it('runs once when the controller is killed between accepting a submission and dispatching it', async () => {
    await redis.kill();
    const key = randomUUID();
    const submitted = await submitRun(fleet, key);
    await fleet.controller.kill9();
    await redis.restart();
    await fleet.controller.start();

    const again = await submitRun(fleet, key);
    const run = await ended(submitted.id);

    expect(again.id).toBe(submitted.id);
    expect(run).toMatchObject({ state: 'succeeded', fence: run.fence });
    expect((await states(run.id)).filter((state) => state === 'succeeded')).toHaveLength(1);
    expect(await differences()).toEqual([]);
  });

  it('still runs when Redis loses everything after the submission', async () => {
    await fleet.studioMac.stop();
    const submitted = await submitRun(fleet);
    await waitFor('the dispatch', async () => (await view(submitted.id)).state === 'dispatched');
    await redis.restartEmpty();
    await fleet.studioMac.start();

    const run = await ended(submitted.id);

    expect(run.state).toBe('succeeded');
    expect(await states(run.id)).toEqual([
      'queued',
      'dispatched',
      'accepted',
      'preflight',
      'transferring',
      'publishing',
      'succeeded',
    ]);
  });

  it('succeeds once, in the same attempt, when the agent is killed in mid-transfer and started again', async () => {
    await addBigFiles('agent');
    const submitted = await submitRun(fleet);
    await underWay('agent');
    await fleet.studioMac.kill9();
    await fleet.studioMac.start();

    const run = await ended(submitted.id);
    const seen = await states(run.id);

    expect(run.state).toBe('succeeded');
    expect(seen.filter((state) => state === 'dispatched')).toHaveLength(1);
    expect(seen.filter((state) => state === 'preflight').length).toBeGreaterThanOrEqual(2);
    expect(seen.filter((state) => state === 'succeeded')).toHaveLength(1);
    expect(await differences()).toEqual([]);
  });

  it('goes on transferring while the controller is dead, and the result arrives later', async () => {
    await addBigFiles('controller');
    const submitted = await submitRun(fleet);
    await underWay('controller');
    await fleet.controller.kill9();
    await waitFor(
      'the copy to be complete without a controller',
      async () => (await differences()).length === 0,
      { timeoutMs: 60_000, intervalMs: 500 },
    );
    await fleet.controller.start();

    const run = await ended(submitted.id);

    expect(run.state).toBe('succeeded');
    expect((await states(run.id)).filter((state) => state === 'succeeded')).toHaveLength(1);
  });

  it('cancels a transfer under way at both ends within fifteen seconds and leaves the last good copy whole', async () => {
    await addBigFiles('cancel');
    const submitted = await submitRun(fleet);
    await underWay('cancel');
    const askedAt = performance.now();
    await fleet.api.post(`/runs/${submitted.id}/cancel`, RunView, {});

    const run = await ended(submitted.id);

    expect(run.state).toBe('cancelled');
    expect(performance.now() - askedAt).toBeLessThan(15_000);
    const next = await submitRun(fleet);
    expect((await ended(next.id)).state).toBe('succeeded');
    expect(await differences()).toEqual([]);
  });

  it('does one after the other when two runs of a plan are submitted at once', async () => {
    const [one, other] = await Promise.all([submitRun(fleet), submitRun(fleet)]);

    const both = [await ended(one.id), await ended(other.id)];

    expect(both.map((run) => run.state)).toEqual(['succeeded', 'succeeded']);
    expect(new Set(both.map((run) => run.fence)).size).toBe(2);
    const [earlier, later] = both.sort((a, b) => a.fence - b.fence);
    expect(Date.parse(later?.startedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(earlier?.finishedAt ?? ''));
  });

  it('has no run that ended in two ways or not at all', async () => {
    const { items } = await fleet.api.get('/runs?limit=200', RunPage);
    const ends = await Promise.all(
      items.map(async (run) => (await states(run.id)).filter((state) => isFinalRunState(state)).length),
    );

    expect(ends).toEqual(items.map(() => 1));
  });
});
