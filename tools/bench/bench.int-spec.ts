import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { waitFor } from '@fleetclone/testing';
import { fleetclone } from './contenders/fleetclone';
import type { Contender } from './contenders/contender';
import { plainRsync } from './contenders/rsync';
import type { CaseId } from './plan/chapters';
import { SCALES } from './plan/scale';
import type { BenchReport } from './report/bench-report';
import { renderCharts } from './report/render-svg';
import { renderText } from './report/render-text';
import { runBench } from './run/run-bench';

const run = promisify(execFile);
const DIST = join(__dirname, '../../dist/tools');

/** Takes the place of the pipe, copies, and then leaves most of one file out. */
const cheat: Contender = {
  ...plainRsync,
  name: 'pipe',
  open: async (stage) => {
    const honest = await plainRsync.open(stage);
    return {
      run: async (way) => {
        const result = await honest.run(way);
        const [first = ''] = await readdir(stage.destination);
        await truncate(join(stage.destination, first), 10);
        return { ...result, wallMs: 1 };
      },
      reveal: () => Promise.resolve(stage.destination),
    };
  },
};

jest.setTimeout(120_000);

describe('the bench', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fleetclone-spec-of-bench-'));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('runs as a program and tells what it found in words, JSON and charts', async () => {
    const json = join(folder, 'report.json');
    const charts = join(folder, 'charts');
    const { stdout } = await run(process.execPath, [
      join(DIST, 'bench.cjs'),
      ...['transfer', '--quick', '--only', 'text-full,large-changed', '--json', json, '--svg', charts],
    ]);
    const report = JSON.parse(await readFile(json, 'utf8')) as BenchReport;
    expect(report.scale).toMatchObject({ name: 'quick', rounds: 1 });
    expect(report.rows.map(({ caseId, contender, equality }) => [caseId, contender, equality])).toEqual(
      expect.arrayContaining([
        ['large-changed', 'fleetclone', 'equal'],
        ['large-changed', 'rsync', 'equal'],
        ['text-full', 'fleetclone', 'equal'],
        ['text-full', 'rsync', 'equal'],
      ]),
    );
    for (const row of report.rows) expect(row.wire?.up).toBeGreaterThan(10_000);
    expect(stdout).toContain('first full copy of compressible text');
    expect(stdout).toContain('Targets');
    expect((await readdir(charts)).sort()).toEqual(['large-changed.svg', 'text-full.svg']);
  });

  it('counts what went over each link, and what each side took', async () => {
    const report = await bench(
      ['noise-full'],
      [fleetclone(join(DIST, 'bench-agent.cjs'), 'mirror'), plainRsync],
    );
    const [ours, rsync] = ['fleetclone', 'rsync'].map((name) =>
      report.rows.find(({ contender }) => contender === name),
    );
    // Noise of a million bytes does not shrink, and nobody may send it twice.
    for (const row of [ours, rsync]) {
      expect(row?.wire?.up).toBeGreaterThan(1_000_000);
      // Ours measures the line first, with up to two megabytes.
      expect(row?.wire?.up).toBeLessThan(row === ours ? 3_200_000 : 1_200_000);
      // Ten megabytes a second at most, and three round trips at least.
      expect(row?.wallMs?.least).toBeGreaterThan(160);
    }
    expect(ours?.beforeFirstByteMs).toBeGreaterThan(0);
    expect(ours?.ratio).toBeCloseTo((ours?.wallMs?.median ?? 0) / (rsync?.wallMs?.median ?? 1), 6);
    if (process.platform === 'linux') {
      expect(ours?.agentPeakRssBytes).toBeGreaterThan(20_000_000);
      expect(rsync?.peakRssBytes).toBeGreaterThan(1_000_000);
    }
  });

  it('refuses the time of a copy that is not one', async () => {
    const report = await bench(['large-full'], [plainRsync, cheat]);
    const [honest, bad] = ['rsync', 'pipe'].map((name) =>
      report.rows.find(({ contender }) => contender === name),
    );
    expect(honest).toMatchObject({ equality: 'equal', ratio: 1 });
    expect(bad).toMatchObject({ equality: 'unequal', wallMs: null, ratio: null });
    expect(renderText(report)).toContain('NOT EQUAL');
    expect(renderText(report)).toContain('pipe, large-full: the copy was not equal');
    const chart = renderCharts(report.rows).get('large-full.svg');
    expect(chart).toContain('>rsync<');
    expect(chart).not.toContain('>pipe<');
  });

  it('takes a contender out that fails, and goes on with the others', async () => {
    const open: Contender['open'] = () =>
      Promise.resolve({
        run: () => Promise.reject(new Error('out of ideas')),
        reveal: () => Promise.resolve(undefined),
      });
    const report = await bench(['large-full'], [{ ...cheat, open }, plainRsync]);
    expect(report.rows.find(({ contender }) => contender === 'pipe')).toMatchObject({ equality: 'failed' });
    expect(report.rows.find(({ contender }) => contender === 'rsync')).toMatchObject({ equality: 'equal' });
    expect(renderText(report)).toContain('out of ideas');
  });

  it('leaves nothing behind when it is called off', async () => {
    const before = await benchFolders();
    const cancelled = new AbortController();
    const said: string[] = [];
    const running = bench(['noise-full'], [plainRsync], cancelled.signal, said);
    running.catch(() => undefined);
    await waitFor('the first data set', () => said.some((line) => line.startsWith('making')), {
      timeoutMs: 60_000,
    });
    const [own] = (await benchFolders()).filter((name) => !before.includes(name));
    expect(own).toBeDefined();
    cancelled.abort(new Error('called off'));
    await expect(running).rejects.toThrow('called off');
    expect(await benchFolders()).not.toContain(own);
  });

  const benchFolders = async (): Promise<string[]> =>
    (await readdir(tmpdir())).filter((name) => name.startsWith('fleetclone-bench-'));

  function bench(
    only: readonly CaseId[],
    contenders: readonly Contender[],
    signal = new AbortController().signal,
    said: string[] = [],
  ): Promise<BenchReport> {
    return runBench({
      scale: SCALES.quick,
      only,
      contenders,
      linkProgram: join(DIST, 'bench-link.cjs'),
      signal,
      say: (line) => said.push(line),
    });
  }
});
