import { RSYNC_KINDS, rsyncVersionOf, versionOutputOf } from '../testkit/rsync-versions';
import { isAtLeast, nameRsync, parseRsyncVersion, type RsyncCapabilities } from './rsync-version';

const capabilities = (...names: readonly (keyof RsyncCapabilities)[]): RsyncCapabilities => ({
  acls: names.includes('acls'),
  xattrs: names.includes('xattrs'),
  crtimes: names.includes('crtimes'),
  fileFlags: names.includes('fileFlags'),
  symlinkTimes: names.includes('symlinkTimes'),
  iconv: names.includes('iconv'),
  secludesArgs: names.includes('secludesArgs'),
});

describe('the version of an rsync', () => {
  it('is read from the recorded output of 3.5.0', () => {
    expect(rsyncVersionOf('3.5.0')).toEqual({
      flavour: 'gnu',
      version: [3, 5, 0],
      protocol: 32,
      capabilities: capabilities('acls', 'xattrs', 'symlinkTimes', 'iconv'),
      compressions: ['zstd', 'lz4', 'zlibx', 'zlib', 'none'],
      checksums: ['xxh128', 'xxh3', 'xxh64', 'md5', 'md4', 'sha1', 'none'],
    });
  });

  it.each([
    ['3.4.3', [3, 4, 3], 32],
    ['3.2.7', [3, 2, 7], 31],
    ['3.2.3', [3, 2, 3], 31],
  ] as const)('is read from the recorded output of %s', (kind, version, protocol) => {
    expect(rsyncVersionOf(kind)).toMatchObject({
      flavour: 'gnu',
      version,
      protocol,
      capabilities: capabilities('acls', 'xattrs', 'symlinkTimes', 'iconv'),
      compressions: ['zstd', 'lz4', 'zlibx', 'zlib', 'none'],
    });
  });

  it.each([
    ['3.1.3', [3, 1, 3], 31],
    ['3.0.9', [3, 0, 9], 30],
  ] as const)('is read from %s, which lists capabilities and nothing else', (kind, version, protocol) => {
    expect(rsyncVersionOf(kind)).toEqual({
      flavour: 'gnu',
      version,
      protocol,
      capabilities: capabilities('acls', 'xattrs', 'symlinkTimes', 'iconv'),
      compressions: [],
      checksums: [],
    });
  });

  it('is read from 2.6.9, whose list tells nothing of metadata', () => {
    expect(rsyncVersionOf('2.6.9')).toEqual({
      flavour: 'gnu',
      version: [2, 6, 9],
      protocol: 29,
      capabilities: capabilities('symlinkTimes'),
      compressions: [],
      checksums: [],
    });
  });

  it('tells creation times and file flags of a build patched for macOS', () => {
    expect(rsyncVersionOf('3.2.4-mac').capabilities).toEqual(
      capabilities('acls', 'xattrs', 'crtimes', 'fileFlags', 'symlinkTimes', 'iconv'),
    );
  });

  it('takes no for an answer, also where a line ends after it', () => {
    const output =
      'rsync  version 3.4.1  protocol version 32\nCapabilities:\n    no ACLs, xattrs, no iconv, crtimes, no\n    file-flags\n';

    expect(parseRsyncVersion(output)?.capabilities).toEqual(capabilities('xattrs', 'crtimes'));
  });

  it('notices a build that keeps arguments from the shell by itself', () => {
    const output = versionOutputOf('3.5.0').replace('optional secluded-args', 'default secluded-args');

    expect(parseRsyncVersion(output)?.capabilities.secludesArgs).toBe(true);
  });

  it("takes Apple's openrsync for what it is, though it also calls itself 2.6.9", () => {
    expect(rsyncVersionOf('apple')).toMatchObject({
      flavour: 'apple-openrsync',
      version: [2, 6, 9],
      protocol: 29,
      compressions: [],
    });
  });

  it('tells the openrsync that Apple began with from what Apple made of it', () => {
    expect(rsyncVersionOf('openrsync')).toMatchObject({ flavour: 'openrsync', protocol: 27 });
  });

  it('is the same when something is said before it, as by a linker', () => {
    for (const kind of RSYNC_KINDS) {
      expect(parseRsyncVersion(`a warning\n${versionOutputOf(kind)}`)).toEqual(rsyncVersionOf(kind));
    }
  });

  it('is read of a build between two releases', () => {
    expect(parseRsyncVersion('rsync  version v3.2.4-16-gd1e42ffa  protocol version 31\n')).toMatchObject({
      version: [3, 2, 4],
    });
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

  it('has a name for people', () => {
    expect(nameRsync(rsyncVersionOf('3.2.7'))).toBe('rsync 3.2.7');
    expect(nameRsync(rsyncVersionOf('apple'))).toBe("Apple's openrsync (protocol 29)");
    expect(nameRsync(rsyncVersionOf('openrsync'))).toBe('openrsync (protocol 27)');
  });
});
