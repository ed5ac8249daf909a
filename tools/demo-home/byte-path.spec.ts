import { bytesToKey, joinBytes, printable, splitBytes } from './byte-path';

describe('joinBytes and splitBytes', () => {
  it('keep bytes that are not UTF-8', () => {
    const name = Buffer.from([0x61, 0xff, 0x0a]);
    const path = joinBytes(Buffer.from('folder/é'), name);
    expect(splitBytes(path)).toEqual({ folder: Buffer.from('folder/é'), name });
  });

  it('take an empty folder or name for nothing', () => {
    expect(joinBytes(Buffer.alloc(0), 'a').toString()).toBe('a');
    expect(joinBytes(Buffer.from('a'), Buffer.alloc(0)).toString()).toBe('a');
    expect(splitBytes(Buffer.from('a'))).toEqual({ folder: Buffer.alloc(0), name: Buffer.from('a') });
  });
});

describe('bytesToKey', () => {
  it('tells apart names that decode to the same text', () => {
    expect(bytesToKey(Buffer.from([0xff]))).not.toBe(bytesToKey(Buffer.from([0xfe])));
  });
});

describe('printable', () => {
  it.each([
    ['plain é 🦊', 'plain é 🦊'],
    ['new\nline', 'new\\nline'],
    ['back\\slash', 'back\\\\slash'],
    ['\u001b[31m', '\\u{1b}[31m'],
    ['zero\u200bwidth', 'zero\\u{200b}width'],
  ])('shows %j as %s', (name, shown) => expect(printable(Buffer.from(name))).toBe(shown));

  it('shows the two Unicode forms of a name differently', () => {
    expect(printable(Buffer.from('é'.normalize('NFD')))).toBe('e\\u{301}');
    expect(printable(Buffer.from('é'.normalize('NFC')))).toBe('é');
  });

  it('spells out bytes that are not UTF-8', () => {
    expect(printable(Buffer.from('caf\xe9\\', 'latin1'))).toBe('caf\\xe9\\x5c');
  });
});
