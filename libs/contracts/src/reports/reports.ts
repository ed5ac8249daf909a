import { z } from 'zod';
import { Count, Fence, Instant, reportedText } from '../primitives';
import { RunOutcome, RunProgress, RunTotals } from '../run-outcome';
import { FinalRunState } from '../run-state';

const heading = { runId: z.uuid(), fence: Fence, seq: z.int().positive(), at: Instant };

/** Where the attempt is; ends come as a `result`. */
export const StateReport = z.object({
  ...heading,
  type: z.literal('state'),
  state: z.enum(['accepted', 'preflight', 'transferring', 'verifying', 'publishing']),
});
export const ProgressReport = z.object({ ...heading, type: z.literal('progress'), progress: RunProgress });
export const LogLine = z.object({
  at: Instant,
  level: z.enum(['info', 'warn', 'error']),
  text: reportedText(2000),
});
export const LogReport = z.object({
  ...heading,
  type: z.literal('log'),
  lines: z.array(LogLine).min(1).max(200),
});
/** The end of an attempt; nothing follows it. */
export const ResultReport = z.object({
  ...heading,
  type: z.literal('result'),
  state: FinalRunState,
  outcome: RunOutcome,
  totals: RunTotals.nullable(),
});

/**
 * What an agent says of a run. Numbered per `(runId, fence)` from 1 and sent in order; numbers may be left out (progress that
 * was overtaken is not kept) but never come twice with another content.
 */
export const RunReport = z.discriminatedUnion('type', [StateReport, ProgressReport, LogReport, ResultReport]);
export type RunReport = z.infer<typeof RunReport>;
export type RunReportType = RunReport['type'];
export type StateReport = z.infer<typeof StateReport>;
export type ProgressReport = z.infer<typeof ProgressReport>;
export type LogLine = z.infer<typeof LogLine>;
export type LogReport = z.infer<typeof LogReport>;
export type ResultReport = z.infer<typeof ResultReport>;

/** A batch of reports, of one or several runs, in the order in which they were written. */
export const ReportBatch = z
  .object({ reports: z.array(RunReport).min(1).max(200) })
  .meta({ id: 'ReportBatch' });
export type ReportBatch = z.infer<typeof ReportBatch>;

/** Up to which number the controller has each attempt's reports, and which attempts must stop. */
export const ReportReceipt = z
  .object({
    acknowledged: z.array(z.object({ runId: z.uuid(), fence: Fence, seq: Count })),
    cancel: z.array(z.object({ runId: z.uuid(), fence: Fence })),
  })
  .meta({ id: 'ReportReceipt' });
export type ReportReceipt = z.infer<typeof ReportReceipt>;
