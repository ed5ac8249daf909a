import { EXCLUSION_GROUPS, type ExclusionGroupId } from './exclusion-groups';
import { createPathMatcher } from './path-matcher';
import { planRules } from './plan-rules';

const ALL = EXCLUSION_GROUPS.map(({ id }) => id);
const ROOTS = ['/Users/ann', '/Library', '/private', '/Volumes/Work', '/System/Volumes/Data'];

function isLeftOut(
  path: string,
  groups: readonly ExclusionGroupId[] = ALL,
  changes: { readonly includes?: readonly string[]; readonly roots?: readonly string[] } = {},
): boolean {
  const rules = planRules({ includes: changes.includes ?? [], excludes: [], exclusionGroups: groups });
  return createPathMatcher(rules, changes.roots ?? ROOTS)(path.replace(/\/$/, ''), path.endsWith('/'));
}

describe('the groups of exclusions', () => {
  it.each<[ExclusionGroupId, readonly string[]]>([
    [
      'caches',
      [
        '/Users/ann/Library/Caches/com.apple.Safari/',
        '/Users/ann/Library/Containers/com.apple.mail/Data/Library/Caches/x',
        '/System/Volumes/Data/Users/ben/Library/Caches/x/y/z',
        '/Volumes/Work/Users/ben/Library/Caches/x',
        '/private/var/folders/zz/zyx/C/com.apple.iconservices',
      ],
    ],
    ['trash', ['/Users/ann/.Trash/', '/Volumes/Work/.Trashes/501/old.txt']],
    [
      'temporary-files',
      ['/private/tmp/x', '/private/var/folders/zz/zyx/T/x', '/Volumes/Work/.TemporaryItems/'],
    ],
    [
      'volume-housekeeping',
      [
        '/Volumes/Work/.Spotlight-V100/',
        '/Volumes/Work/.fseventsd/',
        '/Volumes/Work/.HFS+ Private Directory Data\r/',
        '/System/Volumes/Data/.DocumentRevisions-V100/',
        '/Users/ann/Library/Metadata/CoreSpotlight/',
      ],
    ],
    ['virtual-memory', ['/private/var/vm/sleepimage', '/System/Volumes/Data/private/var/vm/swapfile0']],
    ['network-mounts', ['/System/Volumes/Data/Volumes/Server/', '/System/Volumes/Data/home/ann/']],
    ['time-machine', ['/Volumes/Work/Backups.backupdb/', '/System/Volumes/Data/.MobileBackups/']],
    ['cloud-leftovers', ['/Users/ann/Library/Mobile Documents.2/', '/Users/ann/Dropbox/.dropbox.cache/']],
    ['other-systems', ['/Volumes/Work/$RECYCLE.BIN/', '/Users/ann/Pictures/Thumbs.db']],
  ])('%s: leaves out its own, and alone', (id, paths) => {
    for (const path of paths) {
      expect([path, isLeftOut(path, [id])]).toEqual([path, true]);
      expect([
        path,
        isLeftOut(
          path,
          ALL.filter((other) => other !== id),
        ),
      ]).toEqual([path, false]);
    }
  });

  it.each([
    '/Users/ann/Documents/Caches/report.pages',
    '/Users/ann/Library/Caches/',
    '/Users/ann/Library/Mobile Documents/com~apple~CloudDocs/letter.pages',
    '/Users/ann/Library/Mail/V10/x.emlx',
    '/Users/ann/._notes',
    '/Users/ann/tmp/notes',
    '/Volumes/Work/Project/Backups.backupdb/',
    '/Volumes/Work/',
    '/private/var/db/dslocal/nodes/Default/users/ann.plist',
    '/private/etc/hosts',
  ])('leave alone what people made: %s', (path) => {
    expect(isLeftOut(path)).toBe(false);
  });

  it('do not take away what a plan names as its source', () => {
    expect(isLeftOut('/private/tmp/work/a', ALL, { roots: ['/private/tmp/work'] })).toBe(false);
    expect(isLeftOut('/System/Volumes/Data/Users/ann/a', ALL, { roots: ['/System/Volumes/Data'] })).toBe(
      false,
    );
  });

  it('let an include keep a part', () => {
    const includes = ['/Users/*/Library/Caches/precious/'];

    expect(isLeftOut('/Users/ann/Library/Caches/precious/', ALL, { includes })).toBe(false);
    expect(isLeftOut('/Users/ann/Library/Caches/precious/a', ALL, { includes })).toBe(false);
    expect(isLeftOut('/Users/ann/Library/Caches/other/', ALL, { includes })).toBe(true);
  });

  it('say what they are and why nobody misses it', () => {
    expect(new Set(ALL).size).toBe(EXCLUSION_GROUPS.length);
    for (const { title, reason, patterns } of EXCLUSION_GROUPS) {
      expect(title).toMatch(/^[A-Z]\w+/);
      expect(reason).toMatch(/^[A-Z].*\.$/);
      expect(new Set(patterns).size).toBe(patterns.length);
    }
  });
});
