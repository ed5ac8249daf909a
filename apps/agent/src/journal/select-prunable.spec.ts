import { selectPrunable } from './select-prunable';

const now = new Date('2026-11-22T00:00:00Z');
const endedDaysAgo = (days: number, isSettled = true) => ({
  days,
  isSettled,
  endedAt: new Date(now.getTime() - days * 86_400_000),
});

it('takes settled attempts older than the limit', () => {
  const candidates = [endedDaysAgo(1), endedDaysAgo(8), endedDaysAgo(6)];

  expect(selectPrunable(candidates, now).map(({ days }) => days)).toEqual([8]);
});

it('takes the oldest of too many', () => {
  const candidates = [endedDaysAgo(1), endedDaysAgo(3), endedDaysAgo(2)];

  const prunable = selectPrunable(candidates, now, { maxAgeMs: Infinity, maxCount: 2 });

  expect(prunable.map(({ days }) => days)).toEqual([3]);
});

it('never takes one that is running or whose end the controller does not have', () => {
  const running = { days: 0, isSettled: false, endedAt: undefined };

  expect(selectPrunable([running, endedDaysAgo(30, false)], now, { maxAgeMs: 0, maxCount: 0 })).toEqual([]);
});
