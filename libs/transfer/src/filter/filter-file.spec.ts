import fc from 'fast-check';
import { renderFilterFile } from './filter-file';
import { FilterPatternError, patternBelow, patternOfPath } from './filter-rule';
import { createPathMatcher } from './path-matcher';

const exclude = (pattern: string) => ({ kind: 'exclude', pattern }) as const;

describe('the filter file', () => {
  it('keeps the roots and what is above them, then has one rule for each pattern, each ended by NUL', () => {
    const rules = [
      { kind: 'protect', pattern: '/Users/ann/old/**' },
      { kind: 'include', pattern: '/Users/ann/a.tmp' },
      exclude('*.tmp'),
    ] as const;

    expect(renderFilterFile(rules, ['/Users/ann', '/Volumes/[1]/b'])).toBe(
      [
        'H .fleetclone-partial/',
        'R .fleetclone-partial/',
        '+ /Users/',
        '+ /Volumes/',
        '+ /Volumes/\\[1]/',
        '+ /Users/ann',
        '+ /Volumes/\\[1]/b',
        'P /Users/ann/old/**',
        '+ /Users/ann/a.tmp',
        '- *.tmp',
        '',
      ].join('\0'),
    );
  });

  it('never holds a rule that a pattern made up', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', minLength: 1 })), (patterns) => {
        const rules = patterns.map(exclude);
        if (patterns.some((pattern) => pattern.includes('\0'))) {
          expect(() => renderFilterFile(rules, [])).toThrow(FilterPatternError);
          return;
        }
        const lines = renderFilterFile(rules, []).split('\0').slice(2, -1);

        expect(lines).toEqual(patterns.map((pattern) => `- ${pattern}`));
      }),
    );
  });

  it('refuses an empty pattern, which would mean everything, and what rsync would silently drop', () => {
    expect(() => renderFilterFile([exclude('')], [])).toThrow(FilterPatternError);
    expect(() => renderFilterFile([exclude('é'.repeat(2049))], [])).toThrow(FilterPatternError);
    expect(renderFilterFile([exclude('é'.repeat(2048))], [])).toContain('é'.repeat(2048));
  });
});

describe('the pattern of a path', () => {
  it('is the path, with wildcards escaped where there are any', () => {
    expect(patternOfPath('/Library/Application Support/Fleetclone')).toBe(
      '/Library/Application Support/Fleetclone',
    );
    expect(patternOfPath('/a\\b')).toBe('/a\\b');
    expect(patternOfPath('/a\\b/c[1]*?')).toBe('/a\\\\b/c\\[1]\\*\\?');
  });

  it('matches that path only, whatever is in its name', () => {
    const name = fc.stringMatching(/^[ab*?[\]\\!^: -]{1,8}$/);
    fc.assert(
      fc.property(name, name, (one, other) => {
        const isLeftOut = createPathMatcher([exclude(patternOfPath(`/r/${one}`))], ['/r']);

        expect(isLeftOut(`/r/${one}`, false)).toBe(true);
        expect(isLeftOut(`/r/${other}`, false)).toBe(other === one);
      }),
    );
  });

  it('can mean all that is below it', () => {
    const isLeftOut = createPathMatcher([exclude(patternBelow('/r/a\\[*]'))], ['/r']);

    expect(isLeftOut('/r/a\\[*]', true)).toBe(false);
    expect(isLeftOut('/r/a\\[*]/b', false)).toBe(true);
    expect(isLeftOut('/r/a\\[*]/b/c', false)).toBe(true);
    expect(isLeftOut('/r/a\\[x]/b', false)).toBe(false);
  });
});
