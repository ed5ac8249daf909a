import type { RunReport } from '@fleetclone/contracts';

export interface BatchLimits {
  readonly maxReports: number;
  /** Of JSON; one report alone may be larger. */
  readonly maxBytes: number;
}

/** The contract takes 200 reports; the bytes keep a batch of long log reports well under any server's limit. */
export const batchLimits: BatchLimits = { maxReports: 200, maxBytes: 256 * 1024 };

export interface Batch {
  readonly reports: readonly RunReport[];
  /** False when something had to wait for the next batch. */
  readonly isComplete: boolean;
}

/** Takes as many reports as fit, attempt by attempt, each attempt's oldest first. */
export function composeBatch(
  pendingByAttempt: readonly (readonly RunReport[])[],
  limits: BatchLimits = batchLimits,
): Batch {
  const reports: RunReport[] = [];
  let bytes = 0;
  for (const report of pendingByAttempt.flat()) {
    bytes += Buffer.byteLength(JSON.stringify(report));
    if (reports.length > 0 && (reports.length >= limits.maxReports || bytes > limits.maxBytes)) {
      return { reports, isComplete: false };
    }
    reports.push(report);
  }
  return { reports, isComplete: true };
}
