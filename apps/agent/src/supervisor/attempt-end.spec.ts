import { classifyRsyncExit, type TransferResult } from '@fleetclone/transfer';
import { endOfTransfer } from './attempt-end';

function resultOf(exitCode: number, stderrTail = ''): TransferResult {
  return {
    outcome: classifyRsyncExit(exitCode, null, stderrTail),
    strategy: 'full',
    strategyReason: 'nothing is known of the destination',
    streams: 1,
    compression: 'zstd 3',
    stats: null,
    fileErrors: { first: [], count: 0, counts: [] },
    deletionsSkipped: false,
    settle: () => Promise.resolve(),
  };
}

describe('the end of a transfer', () => {
  it('is success when everything was copied', () => {
    expect(endOfTransfer(resultOf(0), 5)).toMatchObject({
      state: 'succeeded',
      outcome: { code: 'TRANSFER.COMPLETE' },
    });
  });

  it('is success that says so when files were deleted at the source during the run', () => {
    const vanished = 'file has vanished: "/Users/ann/Library/Caches/x"\n';

    expect(endOfTransfer(resultOf(24, vanished), 5)).toMatchObject({
      state: 'succeeded',
      outcome: { code: 'TRANSFER.VANISHED' },
    });
  });

  it('is partial when a file could not be read', () => {
    const unreadable = 'rsync: [sender] send_files failed to open "/Users/ann/x": Permission denied (13)\n';

    expect(endOfTransfer(resultOf(23, unreadable), 5)).toMatchObject({ state: 'partial' });
  });
});
