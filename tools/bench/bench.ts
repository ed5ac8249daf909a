// `npm run bench`: measures the transfer engine against plain rsync and others, in the same run and on the same data.
import { accessSync, constants } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allContenders } from './contenders/all-contenders';
import { type BenchOptions, BenchUsageError, parseOptions, USAGE } from './options';
import type { BenchReport } from './report/bench-report';
import { renderCharts } from './report/render-svg';
import { renderText } from './report/render-text';
import { runBench } from './run/run-bench';

async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  preferMemory();
  const cancelled = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => cancelled.abort(new Error('called off')));
  const startedMs = performance.now();
  const report = await runBench({
    scale: options.scale,
    ...(options.only !== undefined && { only: options.only }),
    contenders: allContenders(join(__dirname, 'bench-agent.cjs')),
    linkProgram: join(__dirname, 'bench-link.cjs'),
    signal: cancelled.signal,
    say: (line) => process.stderr.write(`[${clock(performance.now() - startedMs)}] ${line}\n`),
  });
  process.stdout.write(renderText(report));
  await writeFiles(report, options);
  // Missed targets are told; a copy that is not one, or a run of ours that failed, is an error.
  const bad = report.rows.filter(({ kind, equality }) => kind === 'ours' && equality !== 'equal');
  return bad.length === 0 ? 0 : 1;
}

/** File systems on disks are slow, and differently so, where much was deleted just before. */
function preferMemory(): void {
  if (process.env['TMPDIR'] !== undefined || process.platform !== 'linux') return;
  try {
    accessSync('/dev/shm', constants.W_OK);
    process.env['TMPDIR'] = '/dev/shm';
  } catch {
    process.stderr.write('bench: no /dev/shm here; copies are made in the usual temporary folder\n');
  }
}

async function writeFiles(report: BenchReport, { jsonFile, svgFolder }: BenchOptions): Promise<void> {
  if (jsonFile !== undefined) await writeFile(jsonFile, `${JSON.stringify(report, null, 2)}\n`);
  if (svgFolder === undefined) return;
  await mkdir(svgFolder, { recursive: true });
  for (const [name, chart] of renderCharts(report.rows)) await writeFile(join(svgFolder, name), chart);
}

function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}`;
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
    if (error instanceof BenchUsageError) process.stderr.write(`${USAGE}\n`);
    process.exitCode = error instanceof BenchUsageError ? 2 : 1;
  },
);
