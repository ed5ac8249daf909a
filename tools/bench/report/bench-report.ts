import type { Fidelity } from '../contenders/contender';
import type { LinkSetting } from '../plan/links';
import type { Scale } from '../plan/scale';
import type { PipeSpeeds } from '../run/measure-relay';
import type { TargetResult } from './judge-targets';
import type { MachineFacts } from './machine-facts';
import type { Sample } from './sample';
import type { SummaryRow } from './summary-row';

export interface ReportedContender {
  readonly name: string;
  readonly command: string;
  readonly version: string;
  readonly keeps: Fidelity;
}

/** All that a bench found out; what `--json` writes. */
export interface BenchReport {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly tookMs: number;
  readonly scale: Scale;
  readonly rounds: number;
  readonly machine: MachineFacts;
  readonly links: readonly (LinkSetting & { readonly measuredRoundTripMs: number })[];
  readonly pipe: PipeSpeeds;
  readonly contenders: readonly ReportedContender[];
  /** Programs that are not installed here. */
  readonly missing: readonly string[];
  readonly rows: readonly SummaryRow[];
  readonly targets: readonly TargetResult[];
  readonly samples: readonly Sample[];
}
