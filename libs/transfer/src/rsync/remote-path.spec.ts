import fc from 'fast-check';
import { rsyncVersionOf } from '../testkit/rsync-versions';
import { normaliseRemotePath, quoteRemotePath, quotingOptions, RemotePathError } from './remote-path';

describe('a path at a remote', () => {
  it('has one spelling', () => {
    expect(normaliseRemotePath('//Volumes/./My disk//')).toBe('/Volumes/My disk');
    expect(normaliseRemotePath('/')).toBe('/');
  });

  it.each(['', 'a', './a', '~', '~/a', '/a/../b', '/..', '/a\nb', '/a\0b', '/\ud800'])(
    'is not %j',
    (path) => {
      expect(() => normaliseRemotePath(path)).toThrow(RemotePathError);
    },
  );

  it('keeps every other name as it is', () => {
    const name = fc
      .string({ unit: 'binary', minLength: 1 })
      .filter((text) => !/[\0\n/]|\p{Surrogate}/u.test(text) && !['.', '..'].includes(text));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1 }), (names) => {
        const path = `/${names.join('/')}`;

        expect(normaliseRemotePath(`${path}/`)).toBe(path);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is between quotes that only a shell takes away', () => {
    expect(quoteRemotePath("/Ann's $(id)")).toBe("'/Ann'\\''s $(id)'");
  });

  it.each([
    ['3.5.0', ['--old-args']],
    ['3.2.4-mac', ['--old-args']],
    ['3.2.3', []],
    ['2.6.9', []],
    ['apple', []],
  ] as const)('is left as we quote it by %s with %j', (kind, options) => {
    expect(quotingOptions(rsyncVersionOf(kind))).toEqual(options);
  });

  it('is left so too by a build that would send it another way', () => {
    const version = rsyncVersionOf('3.2.7');
    const capabilities = { ...version.capabilities, secludesArgs: true };

    expect(quotingOptions({ ...version, capabilities })).toEqual(['--no-protect-args', '--old-args']);
  });
});
