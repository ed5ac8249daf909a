import { normaliseSourcePaths, SourcePathError } from './source-paths';

describe('source paths', () => {
  it('have one spelling', () => {
    expect(normaliseSourcePaths(['/Users/ann/', '/Users/./ann', '//Users//ann/.'])).toEqual(['/Users/ann']);
  });

  it('leave out what another one holds already', () => {
    expect(normaliseSourcePaths(['/b', '/a/x', '/a', '/ab'])).toEqual(['/a', '/ab', '/b']);
  });

  it('may hold anything that is not a line end', () => {
    const odd = ['/-rf', '/a:b::c', '/$(id)', "/it's", '/*', '/caf\u00e9'];

    expect(new Set(normaliseSourcePaths(odd))).toEqual(new Set(odd));
  });

  it.each([[''], ['relative'], ['/'], ['/./'], ['/a/../b'], ['/..'], ['/a\nb'], ['/a\0b']])(
    'refuse %j',
    (path) => {
      expect(() => normaliseSourcePaths([path])).toThrow(SourcePathError);
    },
  );
});
