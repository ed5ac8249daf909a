import { renderSkipCompress, SkipCompressError } from './skip-compress';

describe('the suffixes that are not compressed', () => {
  it("are rsync's own when nobody chose any", () => {
    expect(renderSkipCompress(null)).toBeNull();
  });

  it('are joined for rsync, each once and in lower case', () => {
    expect(renderSkipCompress(['zip', 'MOV', 'mov', '7z'])).toBe('zip/mov/7z');
    expect(renderSkipCompress([])).toBe('');
  });

  it.each(['.zip', 'tar.gz', 'a/b', '*', '[a]', '', 'a b', 'é', 'a'.repeat(17), 'a\n'])(
    'must not be %j',
    (suffix) => {
      expect(() => renderSkipCompress(['zip', suffix])).toThrow(SkipCompressError);
    },
  );

  it('are at most two hundred', () => {
    const suffixes = Array.from({ length: 201 }, (_, i) => `x${i}`);

    expect(renderSkipCompress(suffixes.slice(1))?.split('/')).toHaveLength(200);
    expect(() => renderSkipCompress(suffixes)).toThrow(SkipCompressError);
  });
});
