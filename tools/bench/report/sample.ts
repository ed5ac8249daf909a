import type { CopyRun } from '../contenders/contender';
import type { LinkBytes } from '../link/delayed-link';
import type { CaseId } from '../plan/chapters';
import type { LinkId } from '../plan/links';
import type { Verdict } from '../verify/verify-copy';

interface SampleBase {
  readonly caseId: CaseId;
  readonly link: LinkId;
  readonly contender: string;
  /** From 1; 0 is the round over the counted loopback, of which only the bytes on the wire are kept. */
  readonly round: number;
}

/** One run that came to an end. */
export interface FinishedSample extends SampleBase {
  readonly run: CopyRun;
  /** Processor time of everything at the far end; null where the system does not tell. */
  readonly farCpuMs: number | null;
  /** Of the bench's relay, which is neither side's. */
  readonly linkCpuMs: number;
  /** Null on a plain connection, which nothing counts. */
  readonly wire: LinkBytes | null;
  /** Null when nothing was copied, as by a plain pipe. */
  readonly verdict: Verdict | null;
}

/** One run that did not; the contender takes no further part with this data set. */
export interface FailedSample extends SampleBase {
  readonly failure: string;
}

export type Sample = FinishedSample | FailedSample;

/** Whether its time counts: it came to a good end, and what it made equals the source. */
export function counts(sample: Sample): sample is FinishedSample {
  return 'run' in sample && (sample.verdict === null || sample.verdict.isEqual);
}
