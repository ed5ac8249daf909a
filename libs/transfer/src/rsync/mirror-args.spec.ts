import fc from 'fast-check';
import { renderFilterFile, ExcludePatternError } from './filter-file';
import { buildMirrorArgs, MirrorArgsError, type MirrorArgsInput } from './mirror-args';
import { normaliseSourcePaths, SourcePathError } from './source-paths';

const buildInput = (changes: Partial<MirrorArgsInput> = {}): MirrorArgsInput => ({
  sourcePaths: ['/Users/ann'],
  filterFile: '/var/attempt/filter',
  archiveName: '2026-01-02T030405Z',
  rsyncPath: 'fc rsync /Volumes/Backup/ann-mac/home 0b9bd0f2 3',
  moduleRoot: '',
  sshConfigFile: '/var/attempt/ssh_config',
  compression: 'zstd',
  keepsSubseconds: true,
  capabilities: { acls: true, xattrs: true, crtimes: false },
  ...changes,
});

const argv = (changes: Partial<MirrorArgsInput> = {}): string[] =>
  buildMirrorArgs(buildInput(changes)).map(({ argument }) => argument);

describe('the arguments of a mirror', () => {
  it('are exactly these', () => {
    expect(argv({ bandwidthLimitKiBps: 5000 })).toEqual([
      '--archive',
      '--hard-links',
      '--acls',
      '--xattrs',
      '--numeric-ids',
      '--modify-window=-1',
      '--relative',
      '--from0',
      '--filter=merge /var/attempt/filter',
      '--no-inc-recursive',
      '--delete-after',
      '--delay-updates',
      '--partial-dir=.fleetclone-partial',
      '--backup',
      '--backup-dir=/archive/2026-01-02T030405Z',
      '--timeout=60',
      '--compress-choice=zstd',
      '--compress-level=3',
      '--bwlimit=5000',
      '--rsync-path=fc rsync /Volumes/Backup/ann-mac/home 0b9bd0f2 3',
      "--rsh=/usr/bin/ssh -F '/var/attempt/ssh_config'",
      '--8-bit-output',
      '--info=progress2,stats2,name0,flist2',
      '--no-human-readable',
      '--outbuf=L',
      '--out-format=%i|%l|%n',
      '--',
      '/Users/ann',
      'fleetclone-target::plan/current/',
    ]);
  });

  it('say why each of them is there', () => {
    for (const { reason } of buildMirrorArgs(buildInput())) expect(reason).not.toBe('');
  });

  it('ask for no more than both ends can carry', () => {
    const capabilities = { acls: false, xattrs: false, crtimes: true };

    expect(argv({ capabilities })).not.toContain('--acls');
    expect(argv({ capabilities })).not.toContain('--xattrs');
    expect(argv({ capabilities })).toContain('--crtimes');
    expect(argv({ keepsSubseconds: false })).not.toContain('--modify-window=-1');
    expect(argv({ compression: 'none' }).join(' ')).not.toContain('compress');
  });

  it("name the plan's folder where the gate's module is the whole disk", () => {
    const moduleRoot = '/Users/backup/my plans/home';

    expect(argv({ moduleRoot })).toContain(`--backup-dir=${moduleRoot}/archive/2026-01-02T030405Z`);
    expect(argv({ moduleRoot }).at(-1)).toBe(`fleetclone-target::plan${moduleRoot}/current/`);
  });

  it('quote the path of the configuration for rsync, which splits it again', () => {
    const [rsh] = argv({ sshConfigFile: "/Library/Application Support/it's/ssh_config" }).filter((one) =>
      one.startsWith('--rsh'),
    );

    expect(rsh).toBe("--rsh=/usr/bin/ssh -F '/Library/Application Support/it''s/ssh_config'");
  });

  it.each([
    { archiveName: '../x' },
    { archiveName: '' },
    { archiveName: 'a/b' },
    { rsyncPath: 'fc rsync $(id)' },
    { rsyncPath: 'fc  rsync' },
    { rsyncPath: 'fc;id' },
    { moduleRoot: 'relative' },
    { moduleRoot: '/a/../b' },
    { moduleRoot: '/a/' },
    { sshConfigFile: 'ssh_config' },
    { filterFile: '/a\nb' },
    { bandwidthLimitKiBps: 0 },
    { bandwidthLimitKiBps: 1.5 },
    { ioTimeoutSeconds: -1 },
  ])('refuse %j', (changes) => {
    expect(() => argv(changes)).toThrow(MirrorArgsError);
  });

  it('have the same options and destination whatever the sources are', () => {
    const usual = argv().slice(0, -2);
    const path = fc.string({ unit: 'binary' }).map((text) => `/${text}`);
    fc.assert(
      fc.property(fc.array(path, { minLength: 1 }), (sourcePaths) => {
        let all: string[];
        try {
          all = argv({ sourcePaths });
        } catch (error) {
          expect(error).toBeInstanceOf(SourcePathError);
          return;
        }
        const end = all.indexOf('--');

        expect(all.slice(0, end + 1)).toEqual(usual);
        expect(all.at(-1)).toBe('fleetclone-target::plan/current/');
        for (const source of all.slice(end + 1, -1)) {
          expect(source).toMatch(/^\/./);
          expect(source).not.toMatch(/\/$|\/\.{1,2}(?:\/|$)|\/\/|[\n\r\0]/);
        }
      }),
    );
  });
});

describe('source paths', () => {
  it('have one spelling', () => {
    expect(normaliseSourcePaths(['/Users/ann/', '/Users/./ann', '//Users//ann/.'])).toEqual(['/Users/ann']);
  });

  it('leave out what another one holds already', () => {
    expect(normaliseSourcePaths(['/b', '/a/x', '/a', '/ab'])).toEqual(['/a', '/ab', '/b']);
  });

  it('may hold anything that is not a line end', () => {
    const odd = ['/-rf', '/a:b::c', '/$(id)', "/it's", '/*', '/caf\u00e9'];

    expect(new Set(normaliseSourcePaths(odd))).toEqual(new Set(odd));
  });

  it.each([[''], ['relative'], ['/'], ['/./'], ['/a/../b'], ['/..'], ['/a\nb'], ['/a\0b']])(
    'refuse %j',
    (path) => {
      expect(() => normaliseSourcePaths([path])).toThrow(SourcePathError);
    },
  );
});

describe('the filter file', () => {
  it('holds one rule for each pattern, ended by NUL, and lets leftovers be cleared away', () => {
    expect(renderFilterFile(['/Users/ann/Library/Caches/', '*.tmp'])).toBe(
      'R .fleetclone-partial/\0- /Users/ann/Library/Caches/\0- *.tmp\0',
    );
  });

  it('never holds a rule that a pattern made up', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', minLength: 1 })), (patterns) => {
        if (patterns.some((pattern) => pattern.includes('\0'))) {
          expect(() => renderFilterFile(patterns)).toThrow(ExcludePatternError);
          return;
        }
        const rules = renderFilterFile(patterns).split('\0').slice(0, -1);

        expect(rules).toHaveLength(patterns.length + 1);
        expect(rules.slice(1).every((rule) => rule.startsWith('- '))).toBe(true);
      }),
    );
  });

  it('refuses an empty pattern, which would mean everything', () => {
    expect(() => renderFilterFile([''])).toThrow(ExcludePatternError);
  });
});
