import fc from 'fast-check';
import { EXCLUSION_GROUPS } from './exclusion-groups';
import type { FilterRule } from './filter-rule';
import { createPathMatcher } from './path-matcher';
import { rulesInside } from './rules-inside';

const exclude = (...patterns: string[]): FilterRule[] =>
  patterns.map((pattern) => ({ kind: 'exclude', pattern }));
const inside = (folder: string, ...patterns: string[]) =>
  rulesInside(exclude(...patterns), folder)?.map(({ pattern }) => pattern) ?? null;

describe('rules for the content of one folder', () => {
  it.each([
    ['/Users/ann/secret', ['/secret']],
    ['/Users/*/Library/Caches/*', ['/Library/Caches/*']],
    ['/Users/a?n/', []],
    ['/Users/bob/secret', []],
    ['/Users', []],
    ['/Users/ann/deep/', ['/deep/']],
    ['.Trash/', ['.Trash/']],
    ['*.tmp', ['*.tmp']],
    ['a[nm]n', ['a[nm]n']],
    ['ann/secret', ['ann/secret', '/secret']],
    ['Users/ann/secret/', ['Users/ann/secret/', '/secret/']],
    ['ann/', ['ann/']],
    ['Library/Metadata', ['Library/Metadata']],
  ])('says %s as %j', (pattern, expected) => {
    expect(inside('/Users/ann', pattern)).toEqual(expected);
  });

  it.each(['/Users/**', '**/tmp', 'a**', '/Users/a[n]n/secret', '/Users/a\\n/x', 'Users\\*/x'])(
    'does not try to say %s',
    (pattern) => {
      expect(inside('/Users/ann', pattern)).toBeNull();
    },
  );

  it('keeps kinds and order', () => {
    const rules: FilterRule[] = [
      { kind: 'include', pattern: '/Users/ann/keep' },
      { kind: 'protect', pattern: '/Users/ann/old' },
      { kind: 'exclude', pattern: '*' },
    ];
    expect(rulesInside(rules, '/Users/ann')).toEqual([
      { kind: 'include', pattern: '/keep' },
      { kind: 'protect', pattern: '/old' },
      { kind: 'exclude', pattern: '*' },
    ]);
  });

  it('can say all of the exclusion groups', () => {
    const patterns = EXCLUSION_GROUPS.flatMap((group) => group.patterns);

    expect(inside('/Users/ann', ...patterns)).not.toBeNull();
    expect(inside('/Users/ann', ...patterns)).toContain('/Library/Caches/*');
  });

  it('leaves out the same, whatever the rules', () => {
    const name = fc.constantFrom('a', 'b', 'ab', 'é');
    const part = fc.constantFrom('a', 'b', 'ab', 'é', '*', 'a*', '?', '[a]');
    const path = (of: fc.Arbitrary<string>, least: number) =>
      fc.array(of, { minLength: least, maxLength: 4 }).map((names) => names.join('/'));
    const rule = fc.record({
      kind: fc.constantFrom('include' as const, 'exclude' as const),
      pattern: fc
        .tuple(fc.constantFrom('', '/'), path(part, 1), fc.constantFrom('', '/'))
        .map((pieces) => pieces.join('')),
    });
    fc.assert(
      fc.property(
        path(name, 1),
        path(name, 1),
        fc.array(rule, { maxLength: 4 }),
        fc.boolean(),
        (folder, below, rules, isFolder) => {
          const said = rulesInside(rules, `/${folder}`);
          fc.pre(said !== null);
          const whole = createPathMatcher(rules, [`/${folder}`]);
          // Seen from inside the root has no name.
          const trimmed = createPathMatcher(said, ['']);
          expect(trimmed(Buffer.from(`/${below}`), isFolder)).toBe(
            whole(Buffer.from(`/${folder}/${below}`), isFolder),
          );
        },
      ),
      { numRuns: 5_000 },
    );
  });
});
