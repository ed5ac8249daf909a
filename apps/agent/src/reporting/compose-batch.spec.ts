import type { RunReport } from '@fleetclone/contracts';
import { composeBatch } from './compose-batch';

const runs = ['7f6c1a52-7d2b-4f6e-9d0a-3c9d1f0b5a01', '7f6c1a52-7d2b-4f6e-9d0a-3c9d1f0b5a02'] as const;
const report = (runId: string, seq: number, text = 'line'): RunReport => ({
  runId,
  fence: 1,
  seq,
  at: '2026-11-22T10:00:00.000Z',
  type: 'log',
  lines: [{ at: '2026-11-22T10:00:00.000Z', level: 'info', text }],
});

it('takes everything that fits, in order', () => {
  const pending = [[report(runs[0], 1), report(runs[0], 2)], [], [report(runs[1], 7)]];

  expect(composeBatch(pending)).toEqual({ reports: pending.flat(), isComplete: true });
});

it('stops at the number of reports that the contract allows', () => {
  const many = Array.from({ length: 250 }, (_, index) => report(runs[0], index + 1));

  const batch = composeBatch([many]);

  expect(batch.isComplete).toBe(false);
  expect(batch.reports).toEqual(many.slice(0, 200));
});

it('stops at a number of bytes, but never before the first report', () => {
  const long = 'x'.repeat(1_500);
  const pending = [[report(runs[0], 1, long), report(runs[0], 2, long)]];

  expect(composeBatch(pending, { maxReports: 200, maxBytes: 100 })).toEqual({
    reports: [pending[0]![0]],
    isComplete: false,
  });
});
