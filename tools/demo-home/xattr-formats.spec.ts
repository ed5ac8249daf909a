import { FattrParser, formatFattr } from './fattr-format';
import { parseXattrListing } from './xattr-listing';

describe('formatFattr', () => {
  it('writes what setfattr --restore reads, names escaped and values in hexadecimal', () => {
    const xattrs = new Map([
      ['note', Buffer.from([0, 255])],
      ['empty', Buffer.alloc(0)],
    ]);
    expect(formatFattr([{ path: Buffer.from('a\nb\\c'), xattrs }]).toString()).toBe(
      '# file: a\\012b\\134c\nuser.note=0x00ff\nuser.empty=""\n\n',
    );
  });
});

describe('FattrParser', () => {
  it('reads what getfattr prints, wherever it is cut', () => {
    const output =
      '# file: .\nuser.top=0x31\n\n# file: a\\012b/c\\134d\nuser.n:x y=0x42\nuser.empty=0x\nsecurity.ima\\075=0x01\n\n';
    for (const cut of [1, 10, 25, output.length]) {
      const parser = new FattrParser();
      for (let at = 0; at < output.length; at += cut) parser.append(output.slice(at, at + cut));
      expect([...parser.finish()].map(([path, values]) => [path, Object.fromEntries(values)])).toEqual([
        ['', { top: '31' }],
        ['a\nb/c\\d', { 'n:x y': '42', empty: '', 'security.ima=': '01' }],
      ]);
    }
  });
});

describe('parseXattrListing', () => {
  it("reads macOS's listing, with colons and newlines in paths", () => {
    const paths = new Set(['', 'plain', 'a: b', 'new\nline: x']);
    const listing = [
      '.: com.example.top',
      './plain: com.apple.metadata:kMDItemWhereFroms',
      './plain: second',
      './a: b: note',
      './new',
      'line: x: note',
      '',
    ].join('\n');
    expect(parseXattrListing(listing, (path) => paths.has(path))).toEqual([
      { path: '', name: 'com.example.top' },
      { path: 'plain', name: 'com.apple.metadata:kMDItemWhereFroms' },
      { path: 'plain', name: 'second' },
      { path: 'a: b', name: 'note' },
      { path: 'new\nline: x', name: 'note' },
    ]);
  });
});
