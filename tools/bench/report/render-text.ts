import { formatBytes, formatSeconds, formatTable } from '../../demo/format';
import { type CaseId, titleOfCase } from '../plan/chapters';
import { type LinkId, titleOfLink } from '../plan/links';
import type { BenchReport } from './bench-report';
import type { TargetResult } from './judge-targets';
import type { Equality, SummaryRow } from './summary-row';

const HEADS = [
  '',
  'time',
  'from – to',
  'ratio',
  'CPU',
  'far CPU',
  'sent',
  'received',
  'memory',
  'agent',
  '1st byte',
  'copy',
];

const EQUALITIES: Readonly<Record<Equality, string>> = {
  equal: 'equal',
  contents: 'contents equal',
  unequal: 'NOT EQUAL',
  failed: 'FAILED',
  nothing: '–',
};

/** The whole report for a terminal. */
export function renderText(report: BenchReport): string {
  return [
    renderRows(report.rows),
    renderTargets(report.targets),
    renderConditions(report),
    renderRemarks(report),
  ]
    .filter((part) => part !== '')
    .map((part) => `\n${part}\n`)
    .join('');
}

/** All rows in columns of the same widths, under a heading for each case and link. */
function renderRows(rows: readonly SummaryRow[]): string {
  const ordered = inGroups(rows);
  const [heads = '', ...lines] = formatTable([HEADS, ...ordered.map(cellsOf)]).split('\n');
  const out: string[] = [heads];
  let heading = '';
  ordered.forEach((row, index) => {
    const next = `${titleOfCase(row.caseId)}, ${titleOfLink(row.link)}`;
    if (next !== heading) out.push('', next);
    heading = next;
    out.push(lines[index] ?? '');
  });
  return out.map((line) => line.trimEnd()).join('\n');
}

const groupOf = ({ caseId, link }: { caseId: CaseId; link: LinkId }): string => `${caseId} ${link}`;
const KIND_ORDER: readonly SummaryRow['kind'][] = ['ours', 'rsync', 'limit', 'peer'];

/** Cases as they first came, and within each ours first, the reference next. */
function inGroups(rows: readonly SummaryRow[]): SummaryRow[] {
  const groups = [...new Set(rows.map(groupOf))];
  return groups.flatMap((group) =>
    KIND_ORDER.flatMap((kind) => rows.filter((row) => groupOf(row) === group && row.kind === kind)),
  );
}

function cellsOf(row: SummaryRow): string[] {
  const { wallMs, wire } = row;
  const known = <T>(value: T | null, show: (value: T) => string): string =>
    value === null ? '–' : show(value);
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
  return [
    `  ${row.contender}`,
    known(wallMs, ({ median }) => seconds(median)),
    known(wallMs, ({ least, most }) => `${(least / 1000).toFixed(2)} – ${(most / 1000).toFixed(2)}`),
    known(row.ratio, (ratio) => ratio.toFixed(2)),
    known(row.cpuMs, seconds),
    known(row.farCpuMs, seconds),
    known(wire, ({ up }) => formatBytes(up)),
    known(wire, ({ down }) => formatBytes(down)),
    known(row.peakRssBytes, formatBytes),
    known(row.agentPeakRssBytes, formatBytes),
    known(row.beforeFirstByteMs, (ms) => `${Math.round(ms)} ms`),
    EQUALITIES[row.equality],
  ];
}

function renderTargets(targets: readonly TargetResult[]): string {
  const rows = targets.map(({ what, value, most, unit, verdict, remark }) => [
    `  ${what}`,
    value === null ? '–' : showValue(value, unit),
    `at most ${showValue(most, unit)}`,
    verdict,
    remark,
  ]);
  return `Targets\n${formatTable(rows)}`;
}

function showValue(value: number, unit: TargetResult['unit']): string {
  if (unit === 'bytes') return formatBytes(value);
  return unit === 'ms' ? `${Math.round(value)} ms` : value.toFixed(2);
}

function renderConditions({ machine, scale, rounds, tookMs, links, pipe, contenders }: BenchReport): string {
  const perSecond = (bytes: number): string => `${formatBytes(bytes)}/s`;
  const lines = [
    `${machine.processors} × ${machine.processor}, ${formatBytes(machine.memoryBytes)}, ${machine.system}, Node ${machine.node}, ${machine.ssh}`,
    `load before ${machine.loadBefore.toFixed(2)}, after ${machine.loadAfter.toFixed(2)}; size ${scale.name}, rounds ${rounds}, took ${formatSeconds(tookMs / 1000)}`,
    `links: ${links.map(({ title, measuredRoundTripMs }) => `${title} (measured ${measuredRoundTripMs.toFixed(1)} ms)`).join(', ')}`,
    `one ssh without files: ${perSecond(pipe.directBytesPerSecond)}, through the relay ${perSecond(pipe.relayBytesPerSecond)}; a login ${Math.round(pipe.loginMs)} ms`,
    ...contenders.map(({ name, command, version }) => `${name}: ${command} (${version})`),
  ];
  return lines.map((line) => `  ${line}`).join('\n');
}

const EXPLANATIONS = [
  'time: median of the rounds. ratio: to rsync in the same rounds, of snapshots to rsync-link-dest.',
  'CPU: of this side, ssh included. far CPU: of everything that sshd started. memory: of this side, all processes.',
  'sent, received: bytes in TCP; over loopback counted in a round that is not timed, and only of ours and rsync.',
];

function renderRemarks({ rows, samples, missing, machine }: BenchReport): string {
  const busy = machine.loadBefore > machine.processors / 2;
  const failures = samples.flatMap((sample) =>
    'failure' in sample
      ? [`${sample.contender}, ${sample.caseId}: ${sample.failure.split('\n')[0] ?? ''}`]
      : [],
  );
  const excused = new Set(
    samples.flatMap((sample) =>
      'verdict' in sample ? (sample.verdict?.excused ?? []).map((why) => `${sample.contender}: ${why}`) : [],
    ),
  );
  const unequal = rows
    .filter(({ equality }) => equality === 'unequal')
    .map(
      ({ contender, caseId }) =>
        `${contender}, ${caseId}: the copy was not equal, so its time does not count`,
    );
  const lines = [
    ...EXPLANATIONS,
    ...(rows.some(({ equality }) => equality === 'contents')
      ? [
          'contents equal: held to the contents of files with ordinary names only, because it keeps much less.',
        ]
      : []),
    ...(missing.length > 0 ? [`not installed here: ${missing.join(', ')}`] : []),
    ...(busy ? ['the machine was busy before: do not trust these times'] : []),
    ...excused,
    ...failures,
    ...unequal,
  ];
  return lines.map((line) => `  ${line}`).join('\n');
}
