import fc from 'fast-check';
import { checkSnapshotName, encodeGateArgument, InvalidGateArgumentError } from './gate-arguments';
import { codeOf } from '../testkit/code-of';

describe('encodeGateArgument', () => {
  it('leaves plain paths as they are and encodes the bytes of all else', () => {
    expect(encodeGateArgument('/Volumes/Backup-1/a_b.c')).toBe('/Volumes/Backup-1/a_b.c');
    expect(encodeGateArgument("/Büro Mac/$(x)'")).toBe('/B%C3%BCro%20Mac/%24%28x%29%27');
  });

  it('can be decoded to the same path, and holds nothing that a shell reads', () => {
    const part = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const path = `/${parts.join('/')}`;
        let encoded: string;
        try {
          encoded = encodeGateArgument(path);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidGateArgumentError);
          return;
        }
        expect(encoded).toMatch(/^[A-Za-z0-9/._%-]+$/);
        expect(decodeURIComponent(encoded)).toBe(path);
      }),
    );
  });

  it.each([
    ...['', 'a', '/', '//', '/a/', '/a//b', '/.', '/a/./b', '/a/..', '/../a'],
    ...[
      '/a%b',
      '/a\\b',
      '/a\nb',
      '/a\0',
      '/a\u007f',
      '/a\u009b',
      '/a ',
      '/ a',
      '/a /b',
      '/\ud800',
      `/${'a'.repeat(1024)}`,
    ],
  ])('refuses %j, as the gate does', (path) => {
    expect(codeOf(() => encodeGateArgument(path))).toBe('KEYS.INVALID_GATE_ARGUMENT');
  });
});

describe('checkSnapshotName', () => {
  it('lets plain words through and nothing else', () => {
    expect(checkSnapshotName('2026-08-13T04.05.06Z_1')).toBe('2026-08-13T04.05.06Z_1');
    for (const name of ['', '.hidden', '-x', 'a/b', 'a b', 'ä', 'a\n']) {
      expect(codeOf(() => checkSnapshotName(name))).toBe('KEYS.INVALID_GATE_ARGUMENT');
    }
  });
});
