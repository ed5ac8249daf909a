import { createPathMatcher } from './path-matcher';

describe('the matcher of paths', () => {
  it('knows nothing of what is neither in a root nor above one', () => {
    const isLeftOut = createPathMatcher([], ['/Users/ann', '/Volumes/Work']);

    expect(['/Users', '/Users/ann', '/Users/ann/a', '/Volumes'].map((path) => isLeftOut(path, true))).toEqual(
      Array(4).fill(false),
    );
    expect(
      ['/Users/ben', '/Users/anna', '/tmp', '/Volumes/Other/a'].map((path) => isLeftOut(path, true)),
    ).toEqual(Array(4).fill(true));
  });

  it('takes bytes as well', () => {
    const isLeftOut = createPathMatcher([{ kind: 'exclude', pattern: '?é' }], ['/r']);

    expect(isLeftOut(Buffer.concat([Buffer.from('/r/'), Buffer.from([0xff]), Buffer.from('é')]), false)).toBe(
      true,
    );
    expect(isLeftOut(Buffer.from('/r/é'), false)).toBe(false);
  });

  it('is there at once for patterns made to keep it busy', () => {
    const rules = ['*a'.repeat(2000), '**a'.repeat(1300), '*a*/'.repeat(1000), `**${'a?'.repeat(2000)}`].map(
      (pattern) => ({ kind: 'exclude', pattern }) as const,
    );
    const isLeftOut = createPathMatcher(rules, ['/r']);
    const started = performance.now();
    for (const end of ['b', 'a/b', 'c']) isLeftOut(`/r/${'a'.repeat(250)}/${'a'.repeat(250)}${end}`, false);

    expect(performance.now() - started).toBeLessThan(1_000);
  });
});
