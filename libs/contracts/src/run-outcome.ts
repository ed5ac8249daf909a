import { z } from 'zod';
import { Count, Instant, reportedText } from './primitives';

/** Where a cause lies: which part of the path. */
export const CauseLayer = z.enum([
  'controller',
  'agent',
  'name',
  'network',
  'ssh',
  'gate',
  'volume',
  'tool',
  'privacy',
  'source',
]);
/** Where a cause lies: which end. */
export const CauseSide = z.enum(['source', 'path', 'remote', 'controller']);

/** One file that could not be copied. */
export const FileError = z.object({ path: reportedText(4096), message: reportedText(1024) });
export type FileError = z.infer<typeof FileError>;

/** Why a run ended as it did. `code` is stable (`AREA.REASON`); `message` says what happened, on which side, and what to do. */
export const RunOutcome = z
  .object({
    code: z
      .string()
      .regex(/^[A-Z][A-Z0-9]*(?:\.[A-Z][A-Z0-9_]*)+$/)
      .max(80),
    layer: CauseLayer.nullable(),
    side: CauseSide.nullable(),
    retryable: z.boolean(),
    message: reportedText(4000),
    fileErrors: z.array(FileError).max(100),
    fileErrorCount: Count,
  })
  .meta({ id: 'RunOutcome' });
export type RunOutcome = z.infer<typeof RunOutcome>;

/**
 * What a run compared: `full` everything, `quick` only what the catalogue of the last good state says has changed, `fallback`
 * everything, since a quick update was begun and something did not fit.
 */
export const TransferStrategy = z.enum(['full', 'quick', 'fallback']);
export type TransferStrategy = z.infer<typeof TransferStrategy>;

/** What a finished transfer did; sizes in bytes. What agents of earlier versions do not report may be missing. */
export const RunTotals = z
  .object({
    filesTotal: Count,
    filesTransferred: Count,
    filesDeleted: Count,
    bytesTotal: Count,
    bytesTransferred: Count,
    bytesSent: Count,
    bytesReceived: Count,
    durationMs: Count,
    strategy: TransferStrategy.nullish(),
    /** The most connections that carried files at the same time. */
    streams: z.int().positive().nullish(),
    /** The method and its level, as in `zstd 3`, or `none`. */
    compression: reportedText(40).nullish(),
  })
  .meta({ id: 'RunTotals' });
export type RunTotals = z.infer<typeof RunTotals>;

export const TransferPhase = z.enum(['connecting', 'scanning', 'transferring', 'finishing']);

/** A look at a transfer under way. `bytesDone` and `filesDone` count what has been dealt with, copied or found unchanged. */
export const RunProgress = z
  .object({
    phase: TransferPhase,
    bytesDone: Count,
    bytesTotal: Count.nullable(),
    filesDone: Count,
    filesTotal: Count.nullable(),
    bytesPerSecond: z.number().nonnegative(),
    etaSeconds: z.number().nonnegative().nullable(),
    currentFile: reportedText(1024).nullable(),
  })
  .meta({ id: 'RunProgress' });
export type RunProgress = z.infer<typeof RunProgress>;

export const RunProgressView = RunProgress.extend({ at: Instant }).meta({ id: 'RunProgressView' });
export type RunProgressView = z.infer<typeof RunProgressView>;
