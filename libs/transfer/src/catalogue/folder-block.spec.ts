import fc from 'fast-check';
import { blocksOf, encodeFolder, type Entry, FLAG_UNSTABLE, FolderBlock } from './folder-block';

const latin1 = fc
  .uint8Array({ minLength: 1, maxLength: 40 })
  .map((bytes) => Buffer.from(bytes).toString('latin1').replace(/[/\0]/g, '_'));

const anyEntry: fc.Arbitrary<Entry> = fc.record({
  name: latin1,
  mode: fc.nat(0xffff),
  uid: fc.nat(0xffffffff),
  gid: fc.nat(0xffffffff),
  links: fc.nat(0xffffffff),
  size: fc.bigInt(0n, 2n ** 63n),
  modifiedNs: fc.bigInt(-(2n ** 62n), 2n ** 62n),
  changedNs: fc.bigInt(0n, 2n ** 62n),
  inode: fc.bigInt(0n, 2n ** 64n - 1n),
});

describe('a folder in the catalogue', () => {
  it('reads back exactly what was written, whatever the bytes of names and the numbers', () => {
    fc.assert(
      fc.property(latin1, fc.array(anyEntry, { maxLength: 20 }), (path, entries) => {
        const block = new FolderBlock(encodeFolder(path, entries));

        expect(block.path).toBe(path);
        expect([...block.entries()]).toEqual(entries);
      }),
    );
  });

  it('is found again in a body of many', () => {
    const blocks = [encodeFolder('', []), encodeFolder('a', [entry('x')]), encodeFolder('a/b', [])];
    const body = Buffer.concat(blocks);

    expect([...blocksOf(body)].map((block) => new FolderBlock(block).path)).toEqual(['', 'a', 'a/b']);
  });

  it.each([1, 5, 12])('is refused when the last %d bytes of the body are missing', (missing) => {
    const body = Buffer.concat([encodeFolder('a', [entry('x')]), encodeFolder('a/b', [entry('y')])]);

    expect(() => [...blocksOf(body.subarray(0, body.length - missing))]).toThrow(RangeError);
  });

  it('keeps a mark apart from the mode', () => {
    const block = new FolderBlock(encodeFolder('a', [entry('folder', 0o40755)]));
    const [at = -1] = block.offsets();
    block.markUnstable(at);

    expect(block.entryAt(at).mode).toBe((0o40755 | FLAG_UNSTABLE) >>> 0);
  });
});

function entry(name: string, mode = 0o100644): Entry {
  return {
    name,
    mode,
    uid: 501,
    gid: 20,
    links: 1,
    size: 5n,
    modifiedNs: 1_700_000_000_123_456_789n,
    changedNs: 1_700_000_001_000_000_001n,
    inode: 77n,
  };
}
