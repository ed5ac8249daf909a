import { formatDuration, formatEstimate, formatRelativeTime } from './times';

const now = Date.parse('2025-11-23T12:00:00Z');
const at = (secondsAgo: number): string => new Date(now - secondsAgo * 1000).toISOString();

describe('formatRelativeTime', () => {
  it.each([
    [0, 'just now'],
    [-6, 'just now'],
    [42, '42 s ago'],
    [59 * 60, '59 min ago'],
    [3 * 3600, '3 h ago'],
    [86_400, '1 day ago'],
    [13 * 86_400, '13 days ago'],
    [21 * 86_400, '3 weeks ago'],
    [-23.5 * 3600, 'in 23 h'],
  ])('says of %d seconds ago: %s', (secondsAgo, text) => {
    expect(formatRelativeTime(at(secondsAgo), now)).toBe(text);
  });

  it('gives the date of what is long ago', () => {
    expect(formatRelativeTime('2025-03-03T12:00:00Z', now)).toBe('3 Mar 2025');
  });
});

describe('formatDuration', () => {
  it.each([
    [-5, '0 s'],
    [42_000, '42 s'],
    [192_000, '3 min 12 s'],
    [3_840_000, '1 h 04 min'],
    [183_600_000, '2 d 3 h'],
  ])('shows %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe('formatEstimate', () => {
  it.each([
    [3, 'a few seconds'],
    [41, '40 s'],
    [170, '3 min'],
    [7_800, '2 h 10 min'],
    [200_000, '2 d'],
  ])('shows %d seconds as %s', (seconds, text) => {
    expect(formatEstimate(seconds)).toBe(text);
  });
});
