import { negotiationOf } from '../testkit/negotiations';
import type { RsyncKind } from '../testkit/rsync-versions';
import { buildPull, buildPush } from '../testkit/transfer-inputs';
import { buildTransferArgs } from './transfer-args';
import {
  type FarEnd,
  type PushInput,
  TransferArgsError,
  type TransferArgsInput,
  type TransferPass,
} from './transfer-input';

const argv = (input: TransferArgsInput): string[] => buildTransferArgs(input).map(({ argument }) => argument);

const push = (changes: Partial<PushInput> = {}): string[] => argv(buildPush(changes));

const shell = {
  kind: 'shell',
  rsyncPath: '/opt/homebrew/bin/rsync',
  folder: "/Volumes/Ann's disk/home",
  sshConfigFile: '/var/attempt/ssh_config',
} as const;

describe('the arguments of a transfer', () => {
  it('are exactly these for a mirror behind the gate', () => {
    expect(push()).toEqual([
      '--archive',
      '--hard-links',
      '--acls',
      '--xattrs',
      '--numeric-ids',
      '--modify-window=-1',
      '--relative',
      '--from0',
      '--filter=merge /var/attempt/filter',
      '--filter=-x com.apple.lastuseddate#PS',
      '--filter=-x com.apple.provenance',
      '--no-inc-recursive',
      '--delete-after',
      '--delay-updates',
      '--partial-dir=.fleetclone-partial',
      '--backup',
      '--backup-dir=/archive/2026-01-02T030405Z',
      '--timeout=60',
      '--compress-choice=zstd',
      '--compress-level=3',
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

  it('spare a first copy what only a copy needs', () => {
    const careful = ['--delay-updates', '--backup', '--backup-dir=/archive/2026-01-02T030405Z'];
    const first = push({ found: 'nothing' });
    const near = push({ found: 'nothing', isNear: true });
    const again = push({ found: 'unfinished', isNear: true });

    for (const args of [first, near, again])
      for (const argument of careful) expect(args).not.toContain(argument);
    expect(again).toContain('--delete-after');
    expect(first).not.toContain('--delete-after');
    expect(first).toContain('--no-inc-recursive');
    expect(near).not.toContain('--no-inc-recursive');
    expect(push({ isNear: true })).toContain('--no-inc-recursive');
  });

  const NEW_METADATA = ['--acls', '--xattrs'];
  const FILTERS = ['--filter=-x com.apple.lastuseddate#PS', '--filter=-x com.apple.provenance'];
  const LINES = ['--no-human-readable', '--outbuf=L'];
  const WHOLE = ['--info=progress2,stats2,name0,flist2', ...LINES];
  const PLAIN = ['--info=progress2', '--stats', ...LINES];
  const FILES = ['--progress', '--stats'];
  const LATE = ['--no-inc-recursive', '--delete-after'];

  interface Expected {
    readonly local: RsyncKind;
    readonly far: RsyncKind;
    readonly metadata?: readonly string[];
    readonly window?: readonly string[];
    readonly filters?: readonly string[];
    readonly deletion: readonly string[];
    readonly delay?: readonly string[];
    readonly zip: string;
    readonly quoting?: readonly string[];
    readonly progress: readonly string[];
  }
  const FINE = ['--modify-window=-1'];
  const DELAY = ['--delay-updates'];
  const EA = ['--extended-attributes'];
  const OLD = ['--old-args'];
  const MAC = [...NEW_METADATA, '--crtimes', '--fileflags'];

  it.each<Expected>([
    {
      local: '3.5.0-mac',
      far: '3.5.0-mac',
      metadata: MAC,
      window: FINE,
      filters: FILTERS,
      deletion: LATE,
      delay: DELAY,
      zip: '--compress-choice=zlibx',
      quoting: OLD,
      progress: WHOLE,
    },
    {
      local: '3.5.0-mac',
      far: '3.5.0',
      metadata: NEW_METADATA,
      window: FINE,
      filters: FILTERS,
      deletion: LATE,
      delay: DELAY,
      zip: '--compress-choice=zlibx',
      quoting: OLD,
      progress: WHOLE,
    },
    {
      local: '3.2.7',
      far: '3.4.3',
      metadata: NEW_METADATA,
      window: FINE,
      filters: FILTERS,
      deletion: LATE,
      delay: DELAY,
      zip: '--compress-choice=zlibx',
      quoting: OLD,
      progress: WHOLE,
    },
    {
      local: '3.2.4-mac',
      far: '3.5.0-mac',
      metadata: MAC,
      window: FINE,
      filters: FILTERS,
      deletion: LATE,
      delay: DELAY,
      zip: '--compress-choice=zlibx',
      quoting: OLD,
      progress: WHOLE,
    },
    {
      local: '3.2.3',
      far: '3.5.0',
      metadata: NEW_METADATA,
      window: FINE,
      filters: FILTERS,
      deletion: LATE,
      delay: DELAY,
      zip: '--compress-choice=zlibx',
      progress: WHOLE,
    },
    {
      local: '3.1.3',
      far: '3.5.0',
      metadata: NEW_METADATA,
      window: FINE,
      filters: FILTERS,
      deletion: LATE,
      delay: DELAY,
      zip: '--compress',
      progress: WHOLE,
    },
    {
      local: '3.5.0',
      far: '3.0.9',
      metadata: NEW_METADATA,
      deletion: LATE,
      delay: DELAY,
      zip: '--compress',
      quoting: OLD,
      progress: PLAIN,
    },
    {
      local: '3.0.9',
      far: '3.5.0',
      metadata: NEW_METADATA,
      deletion: LATE,
      delay: DELAY,
      zip: '--compress',
      progress: FILES,
    },
    {
      local: '3.5.0',
      far: '2.6.9',
      deletion: ['--delete-after'],
      delay: DELAY,
      zip: '--compress',
      quoting: OLD,
      progress: PLAIN,
    },
    {
      local: '2.6.9',
      far: '3.5.0',
      deletion: ['--delete-after'],
      delay: DELAY,
      zip: '--compress',
      progress: FILES,
    },
    {
      local: '2.6.9',
      far: '2.6.9',
      metadata: EA,
      deletion: ['--delete-after'],
      delay: DELAY,
      zip: '--compress',
      progress: FILES,
    },
    {
      local: '3.5.0',
      far: 'apple',
      deletion: ['--delete'],
      zip: '--compress',
      quoting: OLD,
      progress: PLAIN,
    },
    { local: 'apple', far: '3.5.0', deletion: [], delay: DELAY, zip: '--compress', progress: FILES },
    { local: 'apple', far: 'apple', metadata: EA, deletion: [], zip: '--compress', progress: FILES },
  ])('are exactly these for $local pushing to $far over a shell', (expected) => {
    const { local, far, metadata = [], window = [], filters = [], delay = [], quoting = [] } = expected;
    const negotiation = negotiationOf(local, far);
    const compression = { method: 'zlib', level: 6 } as const;

    expect(push({ negotiation, far: shell, compression })).toEqual([
      '--archive',
      '--hard-links',
      ...metadata,
      '--numeric-ids',
      ...window,
      '--relative',
      '--from0',
      '--filter=merge /var/attempt/filter',
      ...filters,
      ...expected.deletion,
      ...delay,
      '--partial-dir=.fleetclone-partial',
      '--backup',
      '--backup-dir=../archive/2026-01-02T030405Z',
      '--timeout=60',
      expected.zip,
      '--compress-level=6',
      ...quoting,
      '--rsync-path=/opt/homebrew/bin/rsync',
      "--rsh=/usr/bin/ssh -F '/var/attempt/ssh_config'",
      '--8-bit-output',
      ...expected.progress,
      '--out-format=%i|%l|%n',
      '--',
      '/Users/ann',
      "fleetclone-target:'/Volumes/Ann'\\''s disk/home/current/'",
    ]);
  });

  it('never hold what means something else to the rsync of another make', () => {
    for (const far of ['3.5.0-mac', '3.2.7', '3.1.3', '3.0.9'] as const) {
      expect(
        push({ negotiation: negotiationOf('3.5.0-mac', far), compression: { method: 'none' } }).join(' '),
      ).not.toMatch(/(?:^| )(?:-E|--extended-attributes|--fake-super|--bwlimit)/);
    }
  });

  it('say why each of them is there', () => {
    for (const { reason } of [...buildTransferArgs(buildPush()), ...buildTransferArgs(buildPull())])
      expect(reason).not.toBe('');
  });

  it("name the plan's folder where the gate's module is the whole disk", () => {
    const far = { ...buildPush().far, kind: 'gate', moduleRoot: '/Users/backup/my plans/home' } as const;

    expect(push({ far })).toContain('--backup-dir=/Users/backup/my plans/home/archive/2026-01-02T030405Z');
    expect(push({ far }).at(-1)).toBe('fleetclone-target::plan/Users/backup/my plans/home/current/');
  });

  it('go around the command line where a daemon would keep the backslashes in it', () => {
    const far = { ...buildPush().far, kind: 'gate', moduleRoot: '/Users/backup/my plans' } as const;
    const plain = { ...far, moduleRoot: '/Users/backup/plans' };
    const withRemote = (kind: RsyncKind, gate: FarEnd = far) =>
      push({ negotiation: negotiationOf('3.5.0', kind), far: gate }).includes('--protect-args');

    expect(withRemote('3.4.3')).toBe(true);
    expect(withRemote('3.4.3', plain)).toBe(false);
    expect(withRemote('3.5.0')).toBe(false);
    expect(push({ negotiation: negotiationOf('3.2.3', '3.4.3'), far })).not.toContain('--protect-args');
  });

  it('quote the path of the configuration for rsync, which splits it again', () => {
    const far = { ...buildPush().far, sshConfigFile: "/Library/Application Support/it's/ssh_config" };

    expect(push({ far })).toContain("--rsh=/usr/bin/ssh -F '/Library/Application Support/it''s/ssh_config'");
  });

  it('write a snapshot into partial/, linked to the one before, and keep nothing that is replaced', () => {
    const all = push({ mode: { kind: 'snapshot', linkDest: '2026-01-01' } });

    expect(all).toContain('--link-dest=/snapshots/2026-01-01');
    expect(all.at(-1)).toBe('fleetclone-target::plan/partial/');
    expect(all.join(' ')).not.toMatch(/--backup|--delay-updates/);
    expect(push({ mode: { kind: 'snapshot', linkDest: null } }).join(' ')).not.toContain('--link-dest');
  });

  it("give up hard links where Apple's openrsync would break off at them", () => {
    const negotiation = negotiationOf('3.5.0', 'apple');
    const compression = { method: 'none' } as const;
    const snapshot = (linkDest: string | null) =>
      push({ negotiation, compression, mode: { kind: 'snapshot', linkDest } });

    expect(snapshot('2026-01-01')).not.toContain('--hard-links');
    expect(snapshot(null)).toContain('--hard-links');
    expect(push({ negotiation, compression })).toContain('--hard-links');
  });

  const PASSES: readonly (readonly [TransferPass, readonly string[]])[] = [
    [
      { kind: 'listed', listFile: '/l', isByChecksum: false },
      ['--files-from=/l', '--dirs', '--no-implied-dirs', '--force', '--delay-updates', '--backup'],
    ],
    [
      { kind: 'listed', listFile: '/l', isByChecksum: true, deletesInFolders: true, deletesMissing: true },
      [
        '--files-from=/l',
        '--dirs',
        '--no-implied-dirs',
        '--checksum',
        '--delete-missing-args',
        '--delete-after',
        '--force',
        '--delay-updates',
        '--backup',
      ],
    ],
    [
      { kind: 'erase', listFile: '/l', emptyFolder: '/empty' },
      ['--files-from=/l', '--dirs', '--no-implied-dirs', '--delete-missing-args', '--force', '--backup'],
    ],
    [{ kind: 'seed', listFile: '/l' }, ['--files-from=/l', '--ignore-existing']],
  ];

  it.each(PASSES)('of a pass %j do not walk through folders', (pass, expected) => {
    const all = push({ pass });
    const telling =
      /^--(?:archive|recursive|relative|files-from|dirs|no-implied|checksum|delete|force|ignore|delay|backup$)/;

    expect(all.filter((one) => telling.test(one))).toEqual(expected);
    expect(all.slice(0, 7)).toEqual([
      '--links',
      '--perms',
      '--times',
      '--group',
      '--owner',
      '--devices',
      '--specials',
    ]);
    expect(all.at(-2)).toBe(pass.kind === 'erase' ? '/empty/' : '/');
  });

  it('see names from a folder that the destination has, so that they are short', () => {
    const root = '/Users/ann';
    const passes: readonly TransferPass[] = [
      { kind: 'full', isFromInside: true },
      { kind: 'listed', listFile: '/l', root, isByChecksum: false },
      { kind: 'erase', listFile: '/l', root, emptyFolder: '/empty' },
    ];
    for (const pass of passes) {
      const all = push({ pass });
      expect(all.slice(-2)).toEqual([
        pass.kind === 'erase' ? '/empty/' : '/Users/ann/',
        'fleetclone-target::plan/current/Users/ann/',
      ]);
      expect(all).toContain('--backup-dir=/archive/2026-01-02T030405Z/Users/ann');
      expect(all).not.toContain('--relative');
    }
  });

  it('of a listed pass are only for pairs that can be told what changed', () => {
    const negotiation = negotiationOf('3.5.0', '3.1.3');
    const compression = { method: 'none' } as const;
    for (const [pass] of PASSES.slice(0, 3))
      expect(() => push({ negotiation, compression, pass })).toThrow(new TransferArgsError('pass'));
    expect(push({ negotiation, compression, pass: { kind: 'seed', listFile: '/l' } })).toContain(
      '--files-from=/l',
    );
  });

  it('of a pull from a shell quote each source, and keep beside the copy what was replaced', () => {
    const all = argv(buildPull({ sourcePaths: ["/Users/ann's", '/Users/$(id)'] }));

    expect(all.slice(-2)).toEqual([
      "fleetclone-target:'/Users/$(id)' '/Users/ann'\\''s'",
      '/Volumes/Backup/ann-mac/home/current/',
    ]);
    expect(all).toContain('--backup-dir=../archive/2026-01-02T030405Z');
    expect(all).toContain('--relative');
  });

  it.each([
    ['', 'fleetclone-target::source/', '/Users/ann'],
    ['/Users/ann', 'fleetclone-target::source/Users/ann', '/Users'],
  ])(
    'of a pull through a gate whose module calls the source "%s" keep its whole path',
    (moduleRoot, source, below) => {
      const far = {
        ...buildPush().far,
        kind: 'gate',
        moduleRoot,
        rsyncPath: 'fc send /Users/ann 0b9bd0f2',
      } as const;
      const all = argv(buildPull({ far }));

      expect(all.slice(-2)).toEqual([source, `/Volumes/Backup/ann-mac/home/current${below}/`]);
      expect(all).toContain(`--backup-dir=/Volumes/Backup/ann-mac/home/archive/2026-01-02T030405Z${below}`);
      expect(all).toContain('--mkpath');
      expect(all).not.toContain('--relative');
    },
  );

  it('hold what a plan asks for beyond the usual', () => {
    expect(
      push({
        isOneFileSystem: true,
        isDryRun: true,
        isWholeFile: true,
        ioTimeoutSeconds: 90,
        maxDelete: 500,
        skipCompress: ['jpg', 'MP4'],
      }),
    ).toEqual(
      expect.arrayContaining([
        '--one-file-system',
        '--dry-run',
        '--whole-file',
        '--timeout=90',
        '--max-delete=500',
        '--skip-compress=jpg/MP4',
      ]),
    );
    expect(push({ skipCompress: [] })).toContain('--skip-compress=');
    expect(push({ filterFile: null }).join(' ')).not.toContain('merge');
  });

  it.each([
    [{ method: 'none' }, []],
    [{ method: 'lz4', level: null }, ['--compress-choice=lz4']],
    [{ method: 'zstd', level: 1 }, ['--compress-choice=zstd', '--compress-level=1']],
    [{ method: 'zlib', level: 9 }, ['--compress-choice=zlibx', '--compress-level=9']],
  ] as const)('compress as %j says', (compression, expected) => {
    expect(push({ compression }).filter((one) => one.includes('compress'))).toEqual(expected);
  });

  it('leave out what only makes a difference for newer rsyncs', () => {
    const compression = { method: 'zlib', level: 6 } as const;

    expect(
      push({ negotiation: negotiationOf('2.6.9', '3.5.0'), compression, skipCompress: ['jpg'] }).join(' '),
    ).not.toContain('skip-compress');
  });
});
