import { formatBytes, formatCount, formatPercent, formatPlural, formatRate, shareOf } from './quantities';

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [12_345, '12.3 kB'],
    [123_456_789, '123 MB'],
    [61e9, '61.0 GB'],
    [1.2e12, '1.20 TB'],
    [5e18, '5000 PB'],
  ])('shows %d as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text.replace(' ', '\u00a0'));
  });
});

it('shows rates as sizes per second', () => {
  expect(formatRate(84_200_000)).toBe('84.2\u00a0MB/s');
});

it('separates thousands and agrees the noun with its count', () => {
  expect(formatCount(184_377)).toBe('184,377');
  expect(formatPlural(1, 'Mac')).toBe('1 Mac');
  expect(formatPlural(0, 'copy', 'copies')).toBe('0 copies');
});

it('never says 100 % before all is done', () => {
  expect(formatPercent(0.9999)).toBe('99\u00a0%');
  expect(formatPercent(1)).toBe('100\u00a0%');
  expect(formatPercent(1.7)).toBe('100\u00a0%');
});

it('knows no share of an unknown total, and all of nothing', () => {
  expect(shareOf(5, null)).toBeNull();
  expect(shareOf(0, 0)).toBe(1);
  expect(shareOf(12, 10)).toBe(1);
});
