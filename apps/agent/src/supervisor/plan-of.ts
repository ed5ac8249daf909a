import type { BackupOrder } from '@fleetclone/contracts';
import type { TransferPlan } from '@fleetclone/transfer';
import type { PreparedAttempt } from './prepare-attempt';

const dayMs = 86_400_000;

/** An order in the words of the transfer engine. */
export function planOf({ options }: BackupOrder, prepared: PreparedAttempt): TransferPlan {
  return {
    sourcePaths: prepared.sourcePaths,
    rules: prepared.rules,
    isOneFileSystem: options.oneFileSystem,
    mode: options.mode,
    maxDeletes: options.maxDeletes,
    streams: options.streams,
    compression: options.compression,
    skipCompress: options.skipCompress,
    fullScanEveryMs: options.fullScanEveryDays * dayMs,
  };
}
