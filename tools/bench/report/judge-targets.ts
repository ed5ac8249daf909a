import { titleOfCase } from '../plan/chapters';
import { titleOfLink } from '../plan/links';
import { MOST_ANYWHERE, SMALL_FILES_MEANT, type Target, TARGETS } from '../plan/targets';
import { ratioOf, type SummaryRow } from './summary-row';

export interface TargetResult {
  readonly what: string;
  readonly most: number;
  /** Null when it was not measured. */
  readonly value: number | null;
  readonly unit: 'ratio' | 'bytes' | 'ms';
  readonly verdict: 'met' | 'not met' | 'not measured';
  /** Set when the run was of another size than the target is meant for. */
  readonly remark: string;
}

/**
 * Every target with what was measured for it, and last the one that holds for all cases. `loginMs` is what ssh takes to
 * log in, which is no time of ours.
 */
export function judgeTargets(
  rows: readonly SummaryRow[],
  smallFiles: number,
  loginMs: number,
): TargetResult[] {
  const remark =
    smallFiles === SMALL_FILES_MEANT
      ? ''
      : `at ${smallFiles.toLocaleString('en')} files, meant for ${SMALL_FILES_MEANT.toLocaleString('en')}`;
  return [
    ...TARGETS.map((target) =>
      judge({
        what: `${titleOfCase(target.caseId)}, ${titleOfLink(target.link)}: ${nameOf(target)}`,
        most: target.most,
        value: valueOf(target, rows, loginMs),
        unit: unitOf(target),
        remark: target.caseId.startsWith('small-') ? remark : '',
      }),
    ),
    judgeSlowest(rows),
  ];
}

function judge(result: Omit<TargetResult, 'verdict'>): TargetResult {
  const { value, most } = result;
  return { ...result, verdict: value === null ? 'not measured' : value <= most ? 'met' : 'not met' };
}

function judgeSlowest(rows: readonly SummaryRow[]): TargetResult {
  const ours = rows.filter(({ kind, ratio }) => kind === 'ours' && ratio !== null);
  const slowest = ours.reduce<SummaryRow | undefined>(
    (worst, row) => ((worst?.ratio ?? 0) >= (row.ratio ?? 0) ? worst : row),
    undefined,
  );
  const which = slowest && `${slowest.contender}, ${slowest.caseId}, ${titleOfLink(slowest.link)}`;
  return judge({
    what: `nothing slower than what it is compared with${which === undefined ? '' : ` (slowest: ${which})`}`,
    most: MOST_ANYWHERE,
    value: slowest?.ratio ?? null,
    unit: 'ratio',
    remark: '',
  });
}

function nameOf(target: Target): string {
  return target.contender === 'fleetclone' ? target.what : `${target.what} (${target.contender})`;
}

function valueOf(target: Target, rows: readonly SummaryRow[], loginMs: number): number | null {
  const row = rows.find(
    ({ caseId, link, contender }) =>
      caseId === target.caseId && link === target.link && contender === target.contender,
  );
  if (row === undefined) return null;
  if (target.measure === 'ratio') return ratioOf(row, rows, target.against);
  if (target.measure === 'before-first-byte-ms')
    return row.beforeFirstByteMs === null ? null : row.beforeFirstByteMs - loginMs;
  if (target.measure === 'agent-peak-bytes') return row.agentPeakRssBytes;
  return row.wire === null ? null : Math.max(row.wire.up, row.wire.down);
}

function unitOf({ measure }: Target): TargetResult['unit'] {
  if (measure === 'ratio') return 'ratio';
  return measure === 'before-first-byte-ms' ? 'ms' : 'bytes';
}
