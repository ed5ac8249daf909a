import { statfs } from 'node:fs/promises';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempFolder, removeTree } from '@fleetclone/testing';
import { formatBytes } from '../../demo/format';
import type { Contender } from '../contenders/contender';
import { measureRoundTrips } from '../link/check-links';
import { type Links, startLinks } from '../link/start-links';
import { type CaseId, type Chapter, planChapters } from '../plan/chapters';
import { LINKS } from '../plan/links';
import type { Scale } from '../plan/scale';
import type { BenchReport, ReportedContender } from '../report/bench-report';
import { judgeTargets } from '../report/judge-targets';
import { describeMachine, loadNow, readVersion } from '../report/machine-facts';
import type { Sample } from '../report/sample';
import { summarise } from '../report/summary-row';
import { type FarEnd, startFarEnd, writePlainSshConfig } from './far-end';
import { measureRelay, type PipeSpeeds } from './measure-relay';
import { runChapter } from './run-chapter';

export interface RunBenchOptions {
  readonly scale: Scale;
  /** All cases when left out. */
  readonly only?: readonly CaseId[];
  readonly contenders: readonly Contender[];
  /** The built program of the links. */
  readonly linkProgram: string;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** There is not enough room for the largest data set and all its copies. */
export class NoRoomError extends Error {
  override readonly name = 'NoRoomError';
}

/** Measures everything, in a temporary folder that goes whatever happens. */
export async function runBench(options: RunBenchOptions): Promise<BenchReport> {
  const startedAt = new Date();
  const loadBefore = loadNow();
  const temp = await makeTempFolder('bench');
  const present = await findContenders(options.contenders);
  const chapters = chooseChapters(options);
  try {
    await checkRoom(temp.path, chapters, present.there.length);
    const measured = await withFarEnd(join(temp.path, 'far'), options, async (far, links) => {
      const pipe = await checkPipe(temp.path, far, links, options);
      const samples = await runChapters(temp.path, { ...options, contenders: present.there }, chapters, {
        far,
        links,
      });
      return { pipe, samples };
    });
    const rows = summarise(measured.samples, present.there);
    return {
      startedAt: startedAt.toISOString(),
      tookMs: Date.now() - startedAt.getTime(),
      scale: options.scale,
      rounds: options.scale.rounds,
      machine: describeMachine((await readVersion(SSH)) ?? 'unknown', loadBefore),
      links: await describeLinks(options.linkProgram),
      pipe: measured.pipe,
      contenders: present.described,
      missing: present.missing,
      rows,
      targets: judgeTargets(rows, options.scale.smallFiles, measured.pipe.loginMs),
      samples: measured.samples,
    };
  } finally {
    await temp.remove();
  }
}

const SSH = { name: 'ssh', versionArgument: '-V' };
const ROOM_TO_SPARE = 1.2;

async function withFarEnd<T>(
  folder: string,
  { linkProgram }: RunBenchOptions,
  work: (far: FarEnd, links: Links) => Promise<T>,
): Promise<T> {
  const far = await startFarEnd(folder);
  try {
    const links = await startLinks(linkProgram, far.port, LINKS);
    try {
      return await work(far, links);
    } finally {
      await links.stop();
    }
  } finally {
    await far.stop();
  }
}

async function runChapters(
  folder: string,
  options: RunBenchOptions,
  chapters: readonly Chapter[],
  places: { readonly far: FarEnd; readonly links: Links },
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const chapter of chapters) {
    options.signal.throwIfAborted();
    const own = join(folder, chapter.id);
    await mkdir(own);
    await runChapter(chapter, {
      ...places,
      folder: own,
      contenders: options.contenders,
      rounds: options.scale.rounds,
      timeoutMs: options.scale.timeoutMs,
      signal: options.signal,
      say: options.say,
      onSample: (sample) => samples.push(sample),
    });
    await removeTree(own);
  }
  return samples;
}

function chooseChapters({ scale, only }: RunBenchOptions): Chapter[] {
  return planChapters(scale)
    .map((chapter) => ({
      ...chapter,
      steps: chapter.steps.filter(({ caseId }) => only === undefined || only.includes(caseId)),
    }))
    .filter(({ steps }) => steps.length > 0);
}

async function findContenders(contenders: readonly Contender[]): Promise<{
  readonly there: Contender[];
  readonly described: ReportedContender[];
  readonly missing: string[];
}> {
  const there: Contender[] = [];
  const described: ReportedContender[] = [];
  const missing: string[] = [];
  for (const contender of contenders) {
    const version = await readVersion(contender.program);
    const { name, command, keeps } = contender;
    if (version === null) missing.push(name);
    else {
      there.push(contender);
      described.push({ name, command, version, keeps });
    }
  }
  return { there, described, missing };
}

async function checkRoom(folder: string, chapters: readonly Chapter[], contenders: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  // Two archives may be unpacked at once, and the source is there too.
  const needed = Math.max(
    ...chapters.map(({ bytes, steps }) => {
      const most = Math.min(contenders, Math.max(...steps.map((step) => step.contenders.length)));
      return bytes * (most + 3) * ROOM_TO_SPARE;
    }),
  );
  if (bavail * bsize >= needed) return;
  const there = formatBytes(bavail * bsize);
  throw new NoRoomError(`${folder} has ${there} free, and ${formatBytes(needed)} may be needed; set TMPDIR`);
}

async function checkPipe(
  folder: string,
  far: FarEnd,
  links: Links,
  { scale, signal, say }: RunBenchOptions,
): Promise<PipeSpeeds> {
  say('measuring what the relay costs');
  const config = (id: string): Promise<string> =>
    writePlainSshConfig(far, links.portOf(id), join(folder, 'check', id));
  return measureRelay({
    direct: await config('loopback'),
    relayed: await config('counted'),
    relayCpuMs: () => links.cpuMs(),
    bytes: scale.noiseBytes * 4,
    signal,
  });
}

async function describeLinks(program: string): Promise<BenchReport['links']> {
  const measured = await measureRoundTrips(program, LINKS);
  return LINKS.map((link) => ({ ...link, measuredRoundTripMs: measured.get(link.id) ?? 0 }));
}
