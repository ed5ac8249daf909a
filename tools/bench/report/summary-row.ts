import type { Contender } from '../contenders/contender';
import type { LinkBytes } from '../link/delayed-link';
import type { CaseId } from '../plan/chapters';
import type { LinkId } from '../plan/links';
import { counts, type FailedSample, type FinishedSample, type Sample } from './sample';
import { medianOf, type Spread, spreadOf } from './statistics';

/** One contender in one case over one link. Times in milliseconds, medians of the rounds that count. */
export interface SummaryRow {
  readonly caseId: CaseId;
  readonly link: LinkId;
  readonly contender: string;
  readonly kind: Contender['kind'];
  readonly rounds: number;
  /** Null when no time counts. */
  readonly wallMs: Spread | null;
  /** To the median of its reference in the same case. */
  readonly ratio: number | null;
  readonly reference: string;
  readonly cpuMs: number | null;
  readonly farCpuMs: number | null;
  readonly linkCpuMs: number | null;
  readonly wire: LinkBytes | null;
  readonly peakRssBytes: number | null;
  readonly agentPeakRssBytes: number | null;
  readonly beforeFirstByteMs: number | null;
  readonly equality: Equality;
  readonly notes: readonly string[];
}

/** `contents` for programs that are held to the contents only, `nothing` for those that make no copy. */
export type Equality = 'equal' | 'contents' | 'unequal' | 'failed' | 'nothing';

/** Sums the samples up, in the order in which they came. */
export function summarise(samples: readonly Sample[], contenders: readonly Contender[]): SummaryRow[] {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const key = `${sample.caseId} ${sample.link} ${sample.contender}`;
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  const rows = [...groups.values()].flatMap((group) => summariseGroup(group, contenders));
  return rows.map((row) => ({ ...row, ratio: ratioOf(row, rows) }));
}

/** The median time of one contender in that of another; null when either has none that counts. */
export function ratioOf(
  row: Pick<SummaryRow, 'caseId' | 'link' | 'wallMs'>,
  rows: readonly SummaryRow[],
  reference = 'reference' in row ? String(row.reference) : '',
): number | null {
  const { caseId, link, wallMs } = row;
  const other = rows.find((o) => o.caseId === caseId && o.link === link && o.contender === reference);
  return wallMs === null || !other?.wallMs ? null : wallMs.median / other.wallMs.median;
}

function summariseGroup(group: readonly Sample[], contenders: readonly Contender[]): SummaryRow[] {
  const [first] = group;
  const contender = contenders.find(({ name }) => name === first?.contender);
  if (first === undefined || contender === undefined) return [];
  const good = group.filter(counts);
  const timed = good.filter(({ round }) => round > 0);
  const median = (pick: (sample: FinishedSample) => number | null | undefined): number | null =>
    medianOf(timed.map(pick));
  return [
    {
      caseId: first.caseId,
      link: first.link,
      contender: contender.name,
      kind: contender.kind,
      rounds: timed.length,
      wallMs: isRefused(group) ? null : (spreadOf(timed.map(({ run }) => run.wallMs)) ?? null),
      ratio: null,
      reference: contender.reference,
      cpuMs: median(({ run }) => run.cpuMs),
      farCpuMs: median(({ farCpuMs }) => farCpuMs),
      linkCpuMs: median(({ linkCpuMs }) => linkCpuMs),
      wire: wireOf(good),
      peakRssBytes: median(({ run }) => run.peakRssBytes),
      agentPeakRssBytes: median(({ run }) => run.agentPeakRssBytes),
      beforeFirstByteMs: median(({ run }) => run.beforeFirstByteMs),
      equality: equalityOf(group, contender),
      notes: [...new Set(timed.flatMap(({ run }) => run.notes ?? []))],
    },
  ];
}

/** One bad copy is enough: a program that is quick because it is wrong has no time at all. */
function isRefused(group: readonly Sample[]): boolean {
  return group.some((sample) => !counts(sample));
}

function equalityOf(group: readonly Sample[], { keeps }: Contender): Equality {
  if (group.some((sample): sample is FailedSample => 'failure' in sample)) return 'failed';
  if (isRefused(group)) return 'unequal';
  if (group.every((sample) => 'run' in sample && sample.verdict === null)) return 'nothing';
  return keeps === 'contents' ? 'contents' : 'equal';
}

function wireOf(samples: readonly FinishedSample[]): LinkBytes | null {
  const up = medianOf(samples.map(({ wire }) => wire?.up));
  const down = medianOf(samples.map(({ wire }) => wire?.down));
  return up === null || down === null ? null : { up, down };
}
