import { protectionOf } from './protection';

const now = new Date('2026-11-23T12:00:00Z');
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);

describe('protectionOf', () => {
  it('says so when there is nothing to do', () => {
    expect(protectionOf([], now)).toBe('no-plan');
  });

  it('is never while any plan has no good backup', () => {
    expect(
      protectionOf(
        [
          { lastSuccessAt: daysAgo(0), lastRunState: 'succeeded' },
          { lastSuccessAt: null, lastRunState: 'failed' },
        ],
        now,
      ),
    ).toBe('never');
  });

  it.each([
    ['the newest run failed', { lastSuccessAt: daysAgo(1), lastRunState: 'failed' as const }],
    ['the newest run missed files', { lastSuccessAt: daysAgo(1), lastRunState: 'partial' as const }],
    ['the last good backup is old', { lastSuccessAt: daysAgo(8), lastRunState: 'succeeded' as const }],
  ])('is at risk when %s', (_, plan) => {
    expect(protectionOf([plan], now)).toBe('at-risk');
  });

  it('is protected with a young good backup, also while the next one runs', () => {
    expect(protectionOf([{ lastSuccessAt: daysAgo(1), lastRunState: 'transferring' }], now)).toBe(
      'protected',
    );
  });
});
