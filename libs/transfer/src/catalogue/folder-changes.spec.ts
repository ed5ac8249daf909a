import { encodeFolder, type Entry, FLAG_UNSTABLE } from './folder-block';
import { compareFolder } from './folder-changes';

const FOLDER = 0o40755;

function entry(name: string, changes: Partial<Entry> = {}): Entry {
  return {
    name,
    mode: 0o100644,
    uid: 501,
    gid: 20,
    links: 1,
    size: 5n,
    modifiedNs: 1_700_000_000_123_456_789n,
    changedNs: 1_700_000_001_000_000_001n,
    inode: 77n,
    ...changes,
  };
}

function changes(before: readonly Entry[] | null, now: readonly Entry[]): readonly string[] {
  const found: string[] = [];
  const old = before === null ? null : encodeFolder('f', before);
  compareFolder(old, encodeFolder('f', now), (kind, { name }) => found.push(`${kind} ${name}`));
  return found;
}

describe('the changes of a folder', () => {
  it('are none when every entry is as it was', () => {
    expect(changes([entry('a'), entry('b')], [entry('a'), entry('b')])).toEqual([]);
  });

  it('tell what came and what went, in any order of names', () => {
    expect(changes([entry('b'), entry('d')], [entry('a'), entry('b'), entry('c')])).toEqual([
      'new a',
      'new c',
      'deleted d',
    ]);
  });

  it('of a folder that was not known are all its entries', () => {
    expect(changes(null, [entry('a'), entry('b', { mode: FOLDER })])).toEqual(['new a', 'new b']);
  });

  it.each([
    ['size', { size: 6n }],
    ['time', { modifiedNs: 1_700_000_003_123_456_789n }],
  ])('of a file are plain when its %s differs', (_what, difference) => {
    expect(changes([entry('a')], [entry('a', { ...difference, changedNs: 5n })])).toEqual(['changed a']);
  });

  it.each([
    ['change time', { changedNs: 1_700_000_001_000_000_002n }],
    ['time, by less than some disks can keep,', { modifiedNs: 1_700_000_001_123_456_789n, changedNs: 9n }],
    ['inode', { inode: 78n }],
    ['mode', { mode: 0o100600, changedNs: 9n }],
    ['number of links', { links: 2, changedNs: 9n }],
  ])('of a file are suspect when only its %s differs, because its content may', (_what, difference) => {
    expect(changes([entry('a')], [entry('a', difference)])).toEqual(['suspect a']);
  });

  it('are suspect for a file that may have changed unseen right after it was looked at', () => {
    expect(changes([entry('a', { changedNs: 0n })], [entry('a', { changedNs: 0n })])).toEqual(['suspect a']);
  });

  it('of links and folders are left to rsync, which compares all there is to them', () => {
    const link = entry('link', { mode: 0o120777 });
    const folder = entry('folder', { mode: FOLDER });
    expect(
      changes(
        [folder, link],
        [
          { ...folder, inode: 1n },
          { ...link, inode: 1n },
        ],
      ),
    ).toEqual(['changed folder', 'changed link']);
  });

  it('leave the size and the number of links of a folder to its file system', () => {
    const folder = entry('folder', { mode: FOLDER });
    expect(changes([folder], [{ ...folder, size: 8192n, links: 9 }])).toEqual([]);
  });

  it('tell a file that became a folder from one that changed', () => {
    expect(changes([entry('a')], [entry('a', { mode: FOLDER })])).toEqual(['retyped a']);
  });

  it('ask for the names of a folder whose list proved nothing', () => {
    const folder = entry('a', { mode: FOLDER });
    const marked = { ...folder, mode: (FOLDER | FLAG_UNSTABLE) >>> 0 };
    expect(changes([marked], [folder])).toEqual(['unlisted a']);
    expect(changes([marked], [{ ...folder, changedNs: 3n }])).toEqual(['changed a', 'unlisted a']);
  });
});
