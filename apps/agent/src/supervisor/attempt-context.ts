import type { BackupOrder, LogLine, RunProgress } from '@fleetclone/contracts';
import type { Logger } from '../logging/logger';
import type { AwakeHold } from '../platform/mac-platform';
import type { PlanDocumentMac } from './plan-document';

/** How long to wait before each further try, in milliseconds. */
export interface Patience {
  /** Before the destination was reached for the first time. */
  readonly preflightMs: readonly number[];
  /** After a connection was lost, and for giving the destination back. */
  readonly resumeMs: readonly number[];
}

export const usualPatience: Patience = {
  preflightMs: [10_000, 20_000],
  resumeMs: [5_000, 15_000, 30_000, 60_000, 60_000],
};

/** Everything that one attempt works with. */
export interface AttemptContext {
  readonly order: BackupOrder;
  /** The attempt's own folder. */
  readonly folder: string;
  /** What the people who watch the run are told. */
  readonly log: { say(level: LogLine['level'], text: string): void };
  /** The agent's own log. */
  readonly logger: Logger;
  /** Reports a state, unless it or a later one was reported before; the preflight comes again after a restart. */
  readonly reach: (state: 'preflight' | 'transferring' | 'publishing') => Promise<void>;
  readonly onProgress: (progress: RunProgress) => void;
  readonly signal: AbortSignal;
  readonly mac: PlanDocumentMac;
  readonly stateFolder: string;
  readonly keyFileOf: (credentialId: string) => string;
  /** Throws `NotAllowedHereError`; asked again here because links may have changed since the order came. */
  readonly assertSourcesAllowed: (sourcePaths: readonly string[]) => Promise<void>;
  readonly keepAwake: (pid: number) => Promise<AwakeHold>;
  readonly patience: Patience;
}
