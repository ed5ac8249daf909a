import fc from 'fast-check';
import { LineSplitter } from './line-splitter';
import { OutputTail } from './output-tail';
import { groupFromStat, startFromPs, startFromStat } from './process-identity';

describe('the identity of a process', () => {
  it('is read from /proc, whatever the program is called', () => {
    const stat = '4711 (rsync) S) 0 (x) S 1 4711 4711 0 -1 4194560 1 2 0 0 1 2 3 4 20 0 1 0 987654 1000 10';

    expect(startFromStat(stat, 'boot')).toBe('boot:987654');
    expect(groupFromStat(stat)).toBe(4711);
  });

  it('is none for a zombie', () => {
    expect(
      startFromStat('4711 (rsync) Z 1 4711 4711 0 -1 4194560 1 2 0 0 1 2 3 4 20 0 1 0 987654 0 0', 'boot'),
    ).toBeNull();
    expect(startFromPs('Z    Mon Nov 23 00:52:08 2026\n')).toBeNull();
  });

  it("is read from macOS's ps", () => {
    expect(startFromPs('Ss   Mon 23 Nov 00:52:08 2026    \n')).toBe('Mon 23 Nov 00:52:08 2026');
    expect(startFromPs('R+   Sun Nov  1 00:52:08 2026\n')).toBe('Sun Nov 1 00:52:08 2026');
    expect(startFromPs('\n')).toBeNull();
  });
});

describe('lines of a byte stream', () => {
  const split = (chunks: readonly Uint8Array[], limit?: number): string[] => {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line.toString('latin1')), limit);
    for (const chunk of chunks) splitter.write(Buffer.from(chunk));
    splitter.end();
    return lines;
  };

  it('are the same however the stream is cut', () => {
    const bytes = fc
      .uint8Array({ max: 255 })
      .map((array) => array.map((byte) => (byte < 40 ? 10 + (byte % 5) : byte)));
    fc.assert(
      fc.property(fc.array(bytes), (chunks) => {
        const whole = Buffer.concat(chunks);

        expect(split(chunks)).toEqual(split([whole]));
        expect(split(chunks)).toEqual(
          whole
            .toString('latin1')
            .split(/[\r\n]/)
            .filter((line) => line !== ''),
        );
      }),
    );
  });

  it('are cut when they grow without end', () => {
    expect(split([Buffer.alloc(50, 'a'), Buffer.alloc(50, 'b'), Buffer.from('\nnext')], 60)).toEqual([
      'a'.repeat(50) + 'b'.repeat(10),
      'next',
    ]);
  });
});

describe('the tail of an output', () => {
  it('is the last bytes, however they came', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), fc.integer({ min: 1, max: 40 }), (chunks, limit) => {
        const tail = new OutputTail(limit);
        for (const chunk of chunks) tail.append(Buffer.from(chunk));

        expect(tail.bytes()).toEqual(Buffer.concat(chunks).subarray(-limit));
      }),
    );
  });
});
