import type { TreeComparison } from '../../demo-home';
import { judgeComparison } from './verify-copy';

describe('the judgement of a copy', () => {
  const comparison = (whats: readonly string[], differenceCount = whats.length): TreeComparison => ({
    entries: 10,
    bytes: 100,
    differences: whats.map((what, index) => ({ path: `file ${index}`, what })),
    differenceCount,
    notCompared: [],
  });
  const excuses = [
    { why: 'it keeps no modes', covers: ({ what }: { what: string }) => what.startsWith('mode: ') },
  ];

  it('is good without differences', () => {
    expect(judgeComparison(comparison([]), { keeps: 'everything', excuses })).toMatchObject({
      isEqual: true,
      excused: [],
    });
  });

  it('overlooks what the program cannot help, and says so', () => {
    expect(
      judgeComparison(comparison(['mode: 1', 'mode: 2']), { keeps: 'everything', excuses }),
    ).toMatchObject({
      isEqual: true,
      excused: ['it keeps no modes'],
    });
  });

  it('overlooks nothing else', () => {
    const verdict = judgeComparison(comparison(['mode: 1', 'content: a']), { keeps: 'everything', excuses });
    expect(verdict).toMatchObject({
      isEqual: false,
      differenceCount: 1,
      firstDifferences: ['file 1: content: a'],
    });
  });

  it('overlooks nothing that it was not shown', () => {
    const verdict = judgeComparison(comparison(['mode: 1'], 1_500), { keeps: 'everything', excuses });
    expect(verdict).toMatchObject({ isEqual: false, differenceCount: 1_499 });
  });
});
