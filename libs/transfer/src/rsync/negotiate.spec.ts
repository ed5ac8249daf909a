import { negotiationOf } from '../testkit/negotiations';
import { RSYNC_KINDS, type RsyncKind, rsyncVersionOf } from '../testkit/rsync-versions';
import { negotiate } from './negotiate';
import { type NegotiationContext, UnusableRsyncPairError } from './negotiation';

const LINUX = { localSystem: 'linux', remoteSystem: 'linux', destinationFileSystem: 'ext2/ext3' } as const;

const lost = (...pair: Parameters<typeof negotiationOf>): string[] =>
  negotiationOf(...pair).losses.map(({ what }) => what);

describe('two rsyncs', () => {
  it('that are both new and built for Macs lose nothing', () => {
    const { level, losses, features } = negotiationOf('3.5.0-mac', '3.5.0-mac');

    expect({ level, losses }).toEqual({ level: 'full', losses: [] });
    expect(features).toEqual({
      acls: true,
      attributes: 'gnu',
      attributeFilters: true,
      crtimes: true,
      fileFlags: true,
      noIncRecursive: true,
      deletion: 'after',
      delayUpdates: true,
      hardLinksInSnapshots: true,
      deleteMissingArgs: true,
      compressChoice: true,
      skipCompress: true,
      fastChecksums: true,
      mkpath: true,
      progress: 'whole',
      pathOptions: ['--old-args'],
      escapedOptionsStay: false,
    });
  });

  it('lose nothing between Linux machines, which have no more to keep', () => {
    expect(negotiationOf('3.2.7', '3.2.7', LINUX)).toMatchObject({ level: 'full', losses: [] });
  });

  it.each([
    ['3.5.0-mac', '3.5.0', 'no creation times or file flags such as "locked"'],
    ['3.5.0-mac', 'apple', 'no ACLs, extended attributes, creation times or file flags such as "locked"'],
    ['apple', 'apple', 'no creation times or file flags such as "locked"'],
    ['2.6.9', '2.6.9', 'no creation times or file flags such as "locked"'],
  ] as const)('%s and %s sum up what is missing of a Mac', (local, far, level) => {
    expect(negotiationOf(local, far).level).toBe(level);
  });

  it('sum up what is missing between Linux machines', () => {
    expect(negotiationOf('3.2.7', '2.6.9', LINUX).level).toBe('no ACLs or extended attributes');
  });

  it("of Apple's carry attributes in Apple's way, and only with each other on Macs", () => {
    expect(negotiationOf('apple', '2.6.9').features).toMatchObject({ attributes: 'apple', acls: true });
    expect(negotiationOf('apple', 'apple', LINUX).features).toMatchObject({
      attributes: 'none',
      acls: false,
    });
    expect(negotiationOf('apple', '3.5.0-mac').features.attributes).toBe('none');
    expect(negotiationOf('3.2.7', '2.6.9').features.attributes).toBe('none');
  });

  it('of a Mac and a Linux machine do without ACLs, which mean different things there', () => {
    const { features, losses } = negotiationOf('3.5.0-mac', '3.5.0', { remoteSystem: 'linux' });

    expect(features).toMatchObject({ acls: false, attributes: 'gnu' });
    expect(losses[0]).toEqual({
      what: 'ACLs',
      why: 'macOS and Linux have ACLs of different kinds.',
      remedy: 'Use a destination with the same system as the source.',
    });
  });

  it('name the end that lacks something, and what to install there', () => {
    expect(negotiationOf('3.5.0-mac', 'apple').losses[1]).toEqual({
      what: 'extended attributes',
      why: "Apple's openrsync (protocol 29) on the remote cannot carry extended attributes.",
      remedy: 'Install rsync 3.2.7 or later there, with Homebrew or its package manager.',
    });
  });

  it('tell everything that old ones lack', () => {
    expect(lost('3.5.0-mac', 'apple')).toEqual([
      'ACLs',
      'extended attributes',
      'resource forks and Finder information',
      'creation times',
      'file flags such as "locked"',
      'fractions of a second in times',
      'a copy that changes at once',
      'hard links in snapshots',
      'quick updates',
      'quick compression',
    ]);
    expect(lost('apple', '3.5.0-mac', { destinationFileSystem: null })).toEqual(
      expect.arrayContaining(['deletions', 'progress of the whole run']),
    );
  });

  it('tell that only root keeps owners, and that some disks keep none', () => {
    expect(lost('3.5.0-mac', '3.5.0-mac', { receiverIsRoot: false })).toEqual(['owners of files']);
    expect(lost('3.5.0-mac', '3.5.0-mac', { destinationFileSystem: 'exfat' })).toEqual([
      'owners of files',
      'hard links',
      'fractions of a second in times',
    ]);
  });

  it.each([
    ['apfs', true, -1],
    ['ext2/ext3', true, -1],
    ['tmpfs', true, -1],
    [null, true, -1],
    ['hfs', false, 0],
    ['HFS', false, 0],
    ['exfat', false, 0],
    ['smbfs', false, 0],
    ['msdos', false, 1],
    ['vfat', false, 1],
  ] as const)('compare times as exactly as %s keeps them', (destinationFileSystem, isFine, window) => {
    expect(negotiationOf('3.5.0-mac', '3.5.0-mac', { destinationFileSystem })).toMatchObject({
      keepsSubseconds: isFine,
      modifyWindowSeconds: window,
    });
  });

  it.each([
    ['3.1.3', '3.5.0', true],
    ['3.0.9', '3.5.0', false],
    ['3.5.0', '2.6.9', false],
    ['3.5.0', 'apple', false],
  ] as const)('%s and %s compare fractions of a second: %s', (local, far, isFine) => {
    expect(negotiationOf(local, far).keepsSubseconds).toBe(isFine);
  });

  it.each([
    ['3.5.0', '3.2.7', ['zstd', 'lz4', 'zlib']],
    ['3.5.0', '3.1.3', ['zlib']],
    ['apple', '3.5.0', ['zlib']],
  ] as const)('%s and %s have these compressions in common', (local, far, compressions) => {
    expect(negotiationOf(local, far).compressions).toEqual(compressions);
  });

  it('do without a compression that one of them was built without', () => {
    const plain = { ...rsyncVersionOf('3.5.0'), compressions: ['zlibx', 'zlib', 'none'] };
    const context = { direction: 'push', receiverIsRoot: true, ...LINUX } as const;

    expect(negotiate(plain, rsyncVersionOf('3.5.0'), context).compressions).toEqual(['zlib']);
  });

  it.each([
    ['3.5.0', '3.2.3', 'push', true],
    ['3.2.3', '3.5.0', 'push', true],
    ['3.5.0', '3.1.3', 'push', false],
    ['3.5.0', '3.4.3', 'push', false],
    ['3.4.3', '3.5.0', 'push', true],
    ['3.4.3', '3.5.0', 'pull', false],
    ['3.5.0', 'apple', 'push', false],
  ] as const)('%s and %s can be told what changed in a %s: %s', (local, far, direction, canListChanges) => {
    expect(negotiationOf(local, far, { direction })).toMatchObject({ canListChanges });
  });

  it('keep creation times off a daemon that loses them', () => {
    const faulty = { ...rsyncVersionOf('3.5.0-mac'), version: [3, 4, 4] } as const;
    const features = (changes: Partial<NegotiationContext>) =>
      negotiate(rsyncVersionOf('3.5.0-mac'), faulty, {
        direction: 'push',
        localSystem: 'darwin',
        remoteSystem: 'darwin',
        receiverIsRoot: true,
        destinationFileSystem: 'apfs',
        ...changes,
      }).features;

    expect(features({}).crtimes).toBe(true);
    expect(features({ receiverIsRoot: false }).crtimes).toBe(false);
    expect(features({ direction: 'pull' }).crtimes).toBe(false);
  });

  it('warn of errors that a snapshot on HFS+ ends with before 3.5', () => {
    expect(lost('3.5.0-mac', '3.2.4-mac', { destinationFileSystem: 'hfs' })).toContain(
      'snapshots without errors',
    );
    expect(lost('3.5.0-mac', '3.5.0-mac', { destinationFileSystem: 'hfs' })).not.toContain(
      'snapshots without errors',
    );
  });

  it.each([
    ['apple', '3.5.0', 'push', 'none'],
    ['apple', 'apple', 'push', 'none'],
    ['3.5.0', 'apple', 'pull', 'none'],
    ['apple', '3.5.0', 'pull', 'plain'],
    ['apple', 'apple', 'pull', 'plain'],
    ['3.5.0', 'apple', 'push', 'plain'],
    ['3.5.0', '2.6.9', 'push', 'after'],
    ['2.6.9', '2.6.9', 'pull', 'after'],
  ] as const)('%s and %s delete in a %s: %s', (local, far, direction, deletion) => {
    expect(negotiationOf(local, far, { direction }).features.deletion).toBe(deletion);
  });

  it('say something in plain words about every loss, whoever they are', () => {
    const usable = RSYNC_KINDS.filter((kind) => kind !== 'openrsync');
    for (const local of usable) {
      for (const far of usable) {
        for (const { what, why, remedy } of negotiationOf(local, far, { receiverIsRoot: false }).losses) {
          expect(what).not.toMatch(/undefined|null|\.$/);
          expect(why).toMatch(/^(?:[A-Z]|rsync ).*[^ ]\.$/);
          expect(remedy).toMatch(/^[A-Z].*\.$/);
        }
      }
    }
  });
});

describe('two rsyncs that cannot work together', () => {
  const refusal = (local: RsyncKind, far: RsyncKind, direction: 'push' | 'pull' = 'push') => {
    try {
      negotiationOf(local, far, { direction });
    } catch (error) {
      if (error instanceof UnusableRsyncPairError) return error.transferCause;
      throw error;
    }
    return null;
  };

  it('are any with the openrsync that others ship, on whichever end', () => {
    expect(refusal('openrsync', '3.5.0')).toEqual({
      code: 'TRANSFER.RSYNC_UNUSABLE',
      layer: 'tool',
      side: 'source',
      retryable: false,
      message:
        'The rsync on this Mac is openrsync (protocol 27), which loses hard links and breaks off when it fetches. Install the newest rsync on this Mac, with Homebrew or its package manager.',
    });
    expect(refusal('3.5.0', 'openrsync')).toMatchObject({
      side: 'remote',
      message: expect.stringContaining('on the remote'),
    });
  });

  it.each([
    [[3, 4, 0], 'push', 'mixes up files with several names'],
    [[3, 2, 5], 'pull', 'refuses file names that it asked for itself'],
    [[2, 6, 3], 'push', 'is version 2.6.3'],
  ] as const)('are those with version %j on this side in a %s', (version, direction, why) => {
    const faulty = { ...rsyncVersionOf('3.2.7'), version };
    const context = { direction, receiverIsRoot: true, ...LINUX } as const;

    expect(() => negotiate(faulty, rsyncVersionOf('3.5.0'), context)).toThrow(why);
  });

  it('may be so in one direction only', () => {
    expect(refusal('3.5.0', '3.4.3', 'push')).toBeNull();
    expect(refusal('3.5.0', '3.4.3', 'pull')).toMatchObject({ side: 'remote' });
  });
});
