import { readFixture } from '../testkit/fixtures';
import { isAtLeast, parseRsyncVersion } from './rsync-version';

describe('the version of an rsync', () => {
  it('is read from the recorded output of 3.5.0', () => {
    expect(parseRsyncVersion(readFixture('rsync', 'rsync-3.5.0.version').toString())).toEqual({
      flavour: 'gnu',
      version: [3, 5, 0],
      protocol: 32,
      capabilities: { acls: true, xattrs: true, crtimes: false },
      compressions: ['zstd', 'lz4', 'zlibx', 'zlib', 'none'],
    });
  });

  it('tells creation times where they are kept', () => {
    const homebrew =
      'rsync  version 3.4.1  protocol version 32\nCapabilities:\n    64-bit files, ACLs, xattrs, optional secluded-args, iconv,\n    prealloc, stop-at, crtimes, no\n    file-flags\nOptimizations:\n    no SIMD-roll\n';

    expect(parseRsyncVersion(homebrew)?.capabilities).toEqual({ acls: true, xattrs: true, crtimes: true });
  });

  it("takes Apple's openrsync for what it is, though it also calls itself 2.6.9", () => {
    const apple = 'openrsync: protocol version 29\nrsync version 2.6.9 compatible\n';

    expect(parseRsyncVersion(apple)).toMatchObject({ flavour: 'openrsync', protocol: 29, compressions: [] });
  });

  it('is read from 2.6.9, which lists nothing', () => {
    const old =
      'rsync  version 2.6.9  protocol version 29\nCopyright (C) 1996-2006 by Andrew Tridgell, Wayne Davison, and others.\n';

    expect(parseRsyncVersion(old)).toMatchObject({ flavour: 'gnu', version: [2, 6, 9] });
  });

  it('is none for another program', () => {
    expect(parseRsyncVersion('rclone v1.60.1\n')).toBeNull();
  });

  it('is compared by number', () => {
    expect(isAtLeast([3, 2, 7], [3, 2, 7])).toBe(true);
    expect(isAtLeast([3, 10, 0], [3, 2, 7])).toBe(true);
    expect(isAtLeast([4, 0, 0], [3, 2, 7])).toBe(true);
    expect(isAtLeast([3, 2, 6], [3, 2, 7])).toBe(false);
    expect(isAtLeast([2, 6, 9], [3, 2, 7])).toBe(false);
  });
});
