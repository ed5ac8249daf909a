import { RunReport } from '@fleetclone/contracts';

type WithoutHeading<Report> = Report extends unknown ? Omit<Report, 'runId' | 'fence' | 'seq' | 'at'> : never;
/** A report before it has a number and a time. */
export type ReportBody = WithoutHeading<RunReport>;

/** Reads the journal's report lines. A line that a crash tore, or that the disk damaged, is left out. */
export function parseReportLines(text: string): RunReport[] {
  return text.split('\n').flatMap((line) => {
    const report = RunReport.safeParse(parseJson(line));
    return report.success ? [report.data] : [];
  });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
