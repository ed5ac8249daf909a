import fc from 'fast-check';
import { readFixture } from '../testkit/fixtures';
import type { RsyncEvent } from './output-lines';
import { createRsyncOutputParser } from './output-parser';

function parse(chunks: readonly Buffer[]): RsyncEvent[] {
  const events: RsyncEvent[] = [];
  const parser = createRsyncOutputParser((event) => events.push(event));
  for (const chunk of chunks) parser.write(chunk);
  parser.end();
  return events;
}

const parseText = (text: string): RsyncEvent[] => parse([Buffer.from(text, 'latin1')]);
const namesOf = (events: readonly RsyncEvent[], type: 'item' | 'deleted'): string[] =>
  events.flatMap((event) => (event.type === type ? [event.path.display] : []));

const FIXTURES = ['first-run', 'unchanged', 'unreadable', 'vanished'] as const;

/** How rsync 3.5 prints a name with -8: control bytes, and backslashes that would look like their escape, as `\#ooo`. */
function printedBy(name: Uint8Array): Buffer {
  const octal = (byte: string): string => `\\#${byte.charCodeAt(0).toString(8).padStart(3, '0')}`;
  const text = Buffer.from(name).toString('latin1');
  const unambiguous = text.replace(/\\(?=#[0-7]{3})/g, octal);
  // Bytes from 0x80 are left alone by -8, though some of them are control characters in Latin-1.
  return Buffer.from(
    unambiguous.replace(/\p{Cc}/gu, (control) => (control < '\x80' ? octal(control) : control)),
    'latin1',
  );
}

describe("reading rsync's output", () => {
  it('gives names as bytes and as safe text', () => {
    const events = parse([readFixture('rsync', 'first-run.stdout')]);

    expect(namesOf(events, 'item')).toEqual(
      expect.arrayContaining([
        'Users/ann/',
        'Users/ann/line\\x0aend',
        'Users/ann/bad\\xff\\xfe',
        'Users/ann/café',
        'Users/ann/looks like \\#012',
        'Users/ann/a|b',
        'Users/ann/*deleting  |0|fake',
        'Users/ann/link',
      ]),
    );
    const bad = events.find((event) => event.type === 'item' && event.path.display.endsWith('\\xfe'));
    expect(bad).toMatchObject({ kind: 'file', change: '<', length: 1, attributes: '+++++++++' });
    expect(bad?.type === 'item' && bad.path.bytes).toEqual(Buffer.from('Users/ann/bad\xff\xfe', 'latin1'));
  });

  it('follows the progress of a first run to its end', () => {
    const progress = parse([readFixture('rsync', 'first-run.stdout')]).flatMap((event) =>
      event.type === 'progress' ? [event] : [],
    );

    expect(progress[0]).toMatchObject({ files: null });
    expect(progress.at(-1)).toMatchObject({
      bytesDone: 6_500_008,
      percent: 99,
      files: { checked: 14, total: 14 },
    });
    expect(progress.every(({ bytesPerSecond }) => bytesPerSecond >= 0)).toBe(true);
  });

  it('reads deletions, scans and statistics', () => {
    const events = parse([readFixture('rsync', 'vanished.stdout')]);

    expect(namesOf(events, 'deleted')).toEqual(['Users/ann/zlast', 'Users/ann/bad\\xff\\xfe']);
    expect(events[0]).toEqual({ type: 'scan', filesFound: 0 });
    expect(events[2]).toEqual({ type: 'scan', filesFound: 14 });
    expect(events).toContainEqual({
      type: 'stats',
      stats: {
        filesTotal: 14,
        filesTransferred: 3,
        filesDeleted: 2,
        bytesTotal: 10_000_028,
        bytesTransferred: 4_000_010,
        literalBytes: 4_000_008,
        bytesSent: 4_001_543,
        bytesReceived: 115,
      },
    });
  });

  it('notices that deletions were left out', () => {
    expect(parse([readFixture('rsync', 'unreadable.stdout')])).toContainEqual({ type: 'deletions-skipped' });
  });

  it('finds an item behind a progress line whose end went to stderr', () => {
    const events = parseText(
      '\r       20000000  32%    5.01MB/s    0:00:03 (xfr#1, to-chk=68/74)<f.st.o....|3|/Users/ann/s7\n' +
        '\r          32768   1%    0.00kB/s    0:00:00  *deleting  |0|Users/ann/gone\n',
    );

    expect(events.map(({ type }) => type)).toEqual(['progress', 'item', 'progress', 'deleted']);
    expect(events[0]).toMatchObject({
      bytesDone: 20_000_000,
      files: { transferred: 1, checked: 6, total: 74 },
    });
  });

  it('passes on what it does not know, as one safe line', () => {
    expect(parseText('created directory /current\u001b[2J\n')).toEqual([
      { type: 'other', line: 'created directory /current\\x1b[2J' },
    ]);
  });

  it.each(FIXTURES)('gives the same events however "%s" is cut', (name) => {
    const bytes = readFixture('rsync', `${name}.stdout`);
    const whole = parse([bytes]);

    expect(parse([...bytes].map((byte) => Buffer.from([byte])))).toEqual(whole);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 20 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index] ?? 0, end));

        expect(parse(chunks)).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  });

  it('gives every possible name back byte for byte, and never more than one event for it', () => {
    const anyName = fc
      .uint8Array({ minLength: 1, maxLength: 255 })
      .filter((name) => !name.includes(0) && !name.includes(0x2f));
    const oddName = fc
      .string({
        unit: fc.constantFrom(
          '\\',
          '#',
          '0',
          '1',
          '2',
          '\n',
          '\r',
          '|',
          '*',
          ' ',
          '"',
          '%',
          '\t',
          '\u001b',
          'é',
        ),
      })
      .map((text) => new Uint8Array(Buffer.from(text)))
      .filter((name) => name.length > 0);
    fc.assert(
      fc.property(fc.oneof(anyName, oddName), (name) => {
        const path = Buffer.concat([Buffer.from('Users/ann/'), name]);
        const line = Buffer.concat([
          Buffer.from('<f+++++++++|7|/Users/ann/'),
          printedBy(name),
          Buffer.from('\n'),
        ]);
        const events = parse([line]);

        expect(events).toHaveLength(1);
        expect(events[0]).toMatchObject({ type: 'item', length: 7, path: { bytes: path } });
        const [display = ''] = namesOf(events, 'item');
        expect(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u.test(display)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('survives any bytes at all', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 300 })),
        (chunks) => void parse(chunks.map((chunk) => Buffer.from(chunk))),
      ),
    );
  });

  it('understands the shorter change flags of older rsyncs', () => {
    expect(parseText('>f+++++++|12|name\n')[0]).toMatchObject({
      type: 'item',
      change: '>',
      attributes: '+++++++',
    });
  });
});
