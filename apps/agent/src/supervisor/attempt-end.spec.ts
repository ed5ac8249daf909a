import { classifyRsyncExit, type RsyncRunResult } from '@fleetclone/transfer';
import { endOfTransfer } from './attempt-end';

function resultOf(exitCode: number, stderrTail = ''): RsyncRunResult {
  return {
    outcome: classifyRsyncExit(exitCode, null, stderrTail),
    stats: null,
    durationMs: 1,
    fileErrors: { first: [], count: 0 },
    deletionsSkipped: false,
    exitCode,
    exitSignal: null,
    stderrTail,
    arguments: [],
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
