import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Contender, CopyRun, Way } from '../contenders/contender';
import type { LinkBytes } from '../link/delayed-link';
import type { Links } from '../link/start-links';
import type { Chapter, Step } from '../plan/chapters';
import type { LinkId } from '../plan/links';
import type { FailedSample, FinishedSample, Sample } from '../report/sample';
import { type Verdict, verifyCopy } from '../verify/verify-copy';
import { type FarEnd, writePlainSshConfig } from './far-end';
import { type OpenStage, Stages } from './stages';

export interface ChapterContext {
  /** An empty folder for sources and destinations. */
  readonly folder: string;
  readonly far: FarEnd;
  readonly links: Links;
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Tells people what goes on, a line at a time. */
  readonly say: (line: string) => void;
  readonly onSample: (sample: Sample) => void;
}

const PARALLEL_COMPARISONS = 2;
const NEXT_SECOND_MS = 1_010;

type Finished = Omit<FinishedSample, 'verdict'>;

/** Makes one data set and takes everybody through its steps, round after round. */
export async function runChapter(chapter: Chapter, context: ChapterContext): Promise<void> {
  context.say(`making ${chapter.title}`);
  const source = join(context.folder, 'source', 'tree');
  await chapter.make(source);
  const run = new ChapterRun(chapter, source, context);
  try {
    // A plain connection counts no bytes, so there is one round more in which they are counted and nothing is timed.
    await run.round(0);
    for (let round = 1; round <= context.rounds; round += 1) await run.round(round);
  } finally {
    await run.close();
  }
}

class ChapterRun {
  private readonly stages: Stages;
  /** The destinations that live through a round, by contender. */
  private readonly open = new Map<string, OpenStage>();
  private readonly dropped = new Set<string>();
  private version = 1;

  constructor(
    private readonly chapter: Chapter,
    private readonly source: string,
    private readonly context: ChapterContext,
  ) {
    this.stages = new Stages(context.folder, context.far, source);
  }

  async round(round: number): Promise<void> {
    for (const step of this.chapter.steps) {
      if (round === 0 && step.link !== 'loopback') continue;
      const takingPart = this.takingPart(step, round);
      if (takingPart.length > 0) await this.step(step, round, takingPart);
    }
  }

  async close(): Promise<void> {
    for (const stage of this.open.values()) await stage.close();
    this.open.clear();
  }

  /** Who runs in this round, each time in another order. */
  private takingPart({ contenders }: Step, round: number): Contender[] {
    const wanted = this.context.contenders.filter(
      ({ name, kind, rounds }) =>
        contenders.includes(name) &&
        !this.dropped.has(name) &&
        (round > 0 ? rounds === 'all' || round === 1 : kind === 'ours' || kind === 'rsync'),
    );
    const turn = round % Math.max(1, wanted.length);
    const turned = [...wanted.slice(turn), ...wanted.slice(0, turn)];
    return round % 2 === 0 ? turned.reverse() : turned;
  }

  private async step(step: Step, round: number, contenders: readonly Contender[]): Promise<void> {
    const stages = await this.prepare(step, contenders);
    if (step.change !== undefined) {
      await step.change(this.source, this.version);
      this.version += 1;
      // Plain rsync compares whole seconds, and what a change and a copy do in the same one is equal to it.
      await pause(NEXT_SECOND_MS);
    }
    const done: { stage: OpenStage; sample: Finished }[] = [];
    for (const stage of stages) {
      const sample = await this.attempt(step, round, stage);
      if (sample !== undefined) done.push({ stage, sample });
    }
    await this.verifyAll(step, done);
    if (step.isFirst && step.link !== 'loopback') for (const stage of stages) await stage.close();
  }

  /** A destination for everybody: an empty one, or one that is like the source is now. */
  private async prepare(step: Step, contenders: readonly Contender[]): Promise<OpenStage[]> {
    const stages: OpenStage[] = [];
    for (const contender of contenders) {
      try {
        stages.push(await (step.isFirst ? this.emptyStage(step, contender) : this.equalStage(contender)));
      } catch (error) {
        this.fail(step, 0, contender, error);
      }
    }
    return stages;
  }

  /** Over loopback it is the one that the later steps go on with. */
  private async emptyStage({ link }: Step, contender: Contender): Promise<OpenStage> {
    if (link === 'loopback') await this.open.get(contender.name)?.close();
    const stage = await this.stages.open(contender);
    if (link === 'loopback') this.open.set(contender.name, stage);
    return stage;
  }

  private async equalStage(contender: Contender): Promise<OpenStage> {
    const stage = this.open.get(contender.name) ?? (await this.stages.open(contender));
    this.open.set(contender.name, stage);
    if (stage.version === this.version) return stage;
    this.context.say(`preparing ${contender.name}, not timed`);
    await stage.copier.run(await this.wayOver('loopback'));
    stage.version = this.version;
    return stage;
  }

  private async attempt(step: Step, round: number, stage: OpenStage): Promise<Finished | undefined> {
    const { contender } = stage;
    try {
      const sample = await this.measure(step, round, stage);
      stage.version = this.version;
      this.context.say(`${describe(step, round, contender)}: ${seconds(sample.run)}`);
      return sample;
    } catch (error) {
      this.fail(step, round, contender, error);
      return undefined;
    }
  }

  private async measure(step: Step, round: number, { contender, copier }: OpenStage): Promise<Finished> {
    const { links, far } = this.context;
    const link: LinkId = round === 0 ? 'counted' : step.link;
    const way = await this.wayOver(link);
    const before = { bytes: await links.bytes(link), cpuMs: await links.cpuMs() };
    await far.takeCpuMs();
    const run = await copier.run(way);
    const farCpuMs = await far.takeCpuMs();
    const after = { bytes: await links.bytes(link), cpuMs: await links.cpuMs() };
    return {
      caseId: step.caseId,
      link: step.link,
      contender: contender.name,
      round,
      run,
      farCpuMs,
      linkCpuMs: after.cpuMs - before.cpuMs,
      wire: link === 'loopback' ? null : difference(after.bytes, before.bytes),
    };
  }

  private async verifyAll(
    step: Step,
    done: readonly { readonly stage: OpenStage; readonly sample: Finished }[],
  ): Promise<void> {
    const left = [...done];
    const work = async (): Promise<void> => {
      for (let next = left.shift(); next !== undefined; next = left.shift()) {
        const { stage, sample } = next;
        try {
          this.context.onSample({ ...sample, verdict: await this.verify(stage) });
        } catch (error) {
          this.fail(step, sample.round, stage.contender, error);
        }
      }
    };
    await Promise.all(Array.from({ length: PARALLEL_COMPARISONS }, work));
  }

  private async verify({ contender, copier }: OpenStage): Promise<Verdict | null> {
    const copy = await copier.reveal(this.context.signal);
    if (copy === undefined) return null;
    const verdict = await verifyCopy(this.source, copy, contender);
    await copier.conceal?.();
    if (!verdict.isEqual) {
      this.context.say(`${contender.name}: NOT EQUAL, its time does not count`);
      for (const line of verdict.firstDifferences) this.context.say(`  ${line}`);
    }
    return verdict;
  }

  private async wayOver(link: LinkId): Promise<Way> {
    const { far, links, folder, timeoutMs, signal } = this.context;
    const port = links.portOf(link);
    const sshConfig = await writePlainSshConfig(far, port, join(folder, 'ssh', link));
    return { port, sshConfig, timeoutMs, signal };
  }

  /** The contender is out for this data set; a bench that was called off ends. */
  private fail(step: Step, round: number, contender: Contender, error: unknown): void {
    this.context.signal.throwIfAborted();
    const failure = error instanceof Error ? error.message : String(error);
    this.dropped.add(contender.name);
    this.context.say(`${describe(step, round, contender)}: FAILED: ${failure}`);
    const { caseId, link } = step;
    const sample: FailedSample = { caseId, link, contender: contender.name, round, failure };
    this.context.onSample(sample);
  }
}

function describe({ caseId, link }: Step, round: number, { name }: Contender): string {
  const which = round === 0 ? 'bytes counted, not timed' : `round ${round}`;
  return `${caseId}, ${link}, ${which}: ${name}`;
}

function seconds({ wallMs }: CopyRun): string {
  return `${(wallMs / 1000).toFixed(2)} s`;
}

function difference(after: LinkBytes, before: LinkBytes): LinkBytes {
  return { up: after.up - before.up, down: after.down - before.down };
}
