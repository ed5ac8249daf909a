import { type CaseId, titleOfCase } from '../plan/chapters';
import { titleOfLink } from '../plan/links';
import type { SummaryRow } from './summary-row';

const WIDTH = 760;
const NAME_WIDTH = 190;
const BAR_WIDTH = 430;
const LINE = 24;
const BAR = 14;

/** One chart for each case, by file name: a bar for each contender over each link, as long as its median time. */
export function renderCharts(rows: readonly SummaryRow[]): ReadonlyMap<string, string> {
  const charts = new Map<string, string>();
  for (const caseId of new Set(rows.map((row) => row.caseId))) {
    const own = rows.filter((row) => row.caseId === caseId && row.wallMs !== null);
    if (own.length > 0) charts.set(`${caseId}.svg`, renderChart(caseId, own));
  }
  return charts;
}

function renderChart(caseId: CaseId, rows: readonly SummaryRow[]): string {
  const parts: string[] = [];
  let y = 56;
  for (const link of new Set(rows.map((row) => row.link))) {
    const group = rows.filter((row) => row.link === link);
    parts.push(text(20, y, 'link', titleOfLink(link)));
    y += LINE;
    const longest = Math.max(...group.map(({ wallMs }) => wallMs?.most ?? 0));
    for (const row of [...group].sort((a, b) => (a.wallMs?.median ?? 0) - (b.wallMs?.median ?? 0))) {
      parts.push(renderBar(row, y, longest));
      y += LINE;
    }
    y += LINE / 2;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" role="img">`,
    `<title>${escaped(titleOfCase(caseId))}</title>`,
    `<style>${STYLE}</style>`,
    text(20, 28, 'title', `${titleOfCase(caseId)}: seconds, less is better`),
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

/** The bar ends at the median; the thin line goes from the quickest to the slowest round. */
function renderBar(row: SummaryRow, y: number, longestMs: number): string {
  const { wallMs } = row;
  if (wallMs === null) return '';
  const at = (ms: number): string => (NAME_WIDTH + (ms / longestMs) * BAR_WIDTH).toFixed(1);
  const width = ((wallMs.median / longestMs) * BAR_WIDTH).toFixed(1);
  const middle = y - BAR / 2 + 3;
  const ratio = row.ratio === null || row.contender === row.reference ? '' : `  (${row.ratio.toFixed(2)})`;
  return [
    text(NAME_WIDTH - 10, y, 'name', row.contender),
    `<rect class="${row.kind}" x="${NAME_WIDTH}" y="${y - BAR + 3}" width="${width}" height="${BAR}" rx="2"/>`,
    `<line class="spread" x1="${at(wallMs.least)}" x2="${at(wallMs.most)}" y1="${middle}" y2="${middle}"/>`,
    text(Number(at(wallMs.most)) + 8, y, 'value', `${(wallMs.median / 1000).toFixed(2)} s${ratio}`),
  ].join('\n');
}

function text(x: number, y: number, style: string, words: string): string {
  return `<text class="${style}" x="${x}" y="${y}">${escaped(words)}</text>`;
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

// The background stays open, so the colours have to be read on white and on black.
const STYLE = [
  'text{font:13px system-ui,sans-serif;fill:#1f2933}',
  '.title{font-weight:600;font-size:15px}',
  '.link{font-weight:600}',
  '.name{text-anchor:end}',
  '.value{fill:#52606d}',
  '.ours{fill:#2f6fde}',
  '.rsync{fill:#9aa5b1}',
  '.peer{fill:#c3cbd4}',
  '.limit{fill:#d9a441}',
  '.spread{stroke:#1f2933;stroke-width:1.5}',
  '@media (prefers-color-scheme:dark){text{fill:#e4e7eb}.value{fill:#a9b4c0}.ours{fill:#6ea0ff}',
  '.rsync{fill:#7b8794}.peer{fill:#52606d}.spread{stroke:#e4e7eb}}',
].join('');
