import { readFixture } from '../testkit/fixtures';
import { FileErrorList, joinFileErrors } from './file-error-list';
import { parseFileError } from './file-errors';

describe("errors of files in rsync's stderr", () => {
  it.each([
    [
      'rsync: [sender] opendir "/Users/ann/secret" failed: Permission denied (13)',
      '/Users/ann/secret',
      'Permission denied',
      'source',
      'opendir',
    ],
    [
      'rsync: [sender] send_files failed to open "/Users/ann/a" b": Permission denied (13)',
      '/Users/ann/a" b',
      'Permission denied',
      'source',
      'send_files failed to open',
    ],
    [
      'rsync: [sender] link_stat "/Users/nope" failed: No such file or directory (2)',
      '/Users/nope',
      'No such file or directory',
      'source',
      'link_stat',
    ],
    [
      'rsync: [sender] read errors mapping "/Users/ann/x": Input/output error (5)',
      '/Users/ann/x',
      'Input/output error',
      'source',
      'read errors mapping',
    ],
    [
      'rsync: [receiver] write failed on "/current/Users/ann/big" (in plan): No space left on device (28)',
      '/current/Users/ann/big',
      'No space left on device',
      'remote',
      'write failed on',
    ],
    [
      'rsync: [generator] recv_generator: mkdir "/current/Users" (in plan) failed: Read-only file system (30)',
      '/current/Users',
      'Read-only file system',
      'remote',
      'recv_generator: mkdir',
    ],
    [
      'rsync: [receiver] rename "/current/.a.Xyz" (in plan) -> "a": Operation not permitted (1)',
      '/current/.a.Xyz',
      'Operation not permitted',
      'remote',
      'rename',
    ],
    [
      'rsync: [receiver] rsync_xal_set: lsetxattr("/current/a" (in plan),"user.x") failed: Operation not supported (95)',
      '/current/a',
      'Operation not supported',
      'remote',
      'rsync_xal_set: lsetxattr',
    ],
    [
      'rsync: [generator] set_acl: sys_acl_set_file(current/a b, ACL_TYPE_ACCESS): Operation not supported (95)',
      'current/a b',
      'Operation not supported',
      'remote',
      'set_acl: sys_acl_set_file',
    ],
    [
      'rsync: [generator] chown "/current/a" (in plan) failed: Operation not permitted (1)',
      '/current/a',
      'Operation not permitted',
      'remote',
      'chown',
    ],
    [
      'file has vanished: "/Users/ann/Pictures/vanishing"',
      '/Users/ann/Pictures/vanishing',
      'vanished while the copy was under way',
      'source',
      'read',
    ],
    [
      'ERROR: Users/ann/db failed verification -- update discarded.',
      'Users/ann/db',
      'changed while it was read, twice',
      'source',
      'verify',
    ],
    [
      'cannot delete non-empty directory: current/Users/ann/d',
      'current/Users/ann/d',
      'holds files that are kept',
      'remote',
      'delete',
    ],
  ])('are read from %s', (line, path, message, side, operation) => {
    expect(parseFileError(line)).toMatchObject({ path: { display: path }, message, side, operation });
  });

  it.each([
    ['rsync: opendir "/Users/ann/secret" failed: Permission denied (13)', '/Users/ann/secret', 'source', 13],
    ['rsync: send_files failed to open "/Users/ann/a": Permission denied (13)', '/Users/ann/a', 'source', 13],
    ['rsync: mkstemp "/current/.a.X" failed: Permission denied (13)', '/current/.a.X', 'remote', 13],
    [
      'rsync(20323): warning: ann/secret: unreadable directory: Permission denied',
      'ann/secret',
      'source',
      13,
    ],
    ['rsync(20323): error: ann/a: b: open (2) in /Users: Operation not permitted', 'ann/a: b', 'source', 1],
    ['rsync(20324): error: ann/a: openat: No space left on device', 'ann/a', 'remote', 28],
  ])('are read from older rsyncs and openrsync: %s', (line, path, side, errno) => {
    expect(parseFileError(line)).toMatchObject({ kind: 'failed', path: { display: path }, side, errno });
  });

  it.each([
    ['rsync: [sender] read errors mapping "/a": No data available (61)', 'shrunk'],
    ['rsync: [sender] read errors mapping "/a": Input/output error (5)', 'failed'],
    ['ERROR: a failed verification -- update discarded.', 'changing'],
    ['file has vanished: "/a"', 'vanished'],
    ['cannot delete non-empty directory: a', 'kept'],
  ])('are told apart from what happens to files in use: %s', (line, kind) => {
    expect(parseFileError(line)?.kind).toBe(kind);
  });

  it.each([
    'WARNING: a failed verification -- update discarded (will try again).',
    'rsync(20323): error: something else: of no known kind',
    'rsync: [sender] write error: Broken pipe (32)',
    'rsync error: some files/attrs were not transferred (see previous errors) (code 23) at main.c(1394) [sender=3.5.0]',
    'rsync: did not see server greeting',
    '@ERROR: chroot failed',
    '*** Skipping any contents from this failed directory ***',
  ])('are not seen in %s', (line) => {
    expect(parseFileError(line)).toBeNull();
  });

  it('keep names as bytes', () => {
    const error = parseFileError('rsync: [sender] opendir "/a\\#012b\xff" failed: Permission denied (13)');

    expect(error?.path.bytes).toEqual(Buffer.from('/a\nb\xff', 'latin1'));
    expect(error?.path.display).toBe('/a\\x0ab\\xff');
  });

  it('are all counted, and a hundred of them kept', () => {
    const list = new FileErrorList();
    for (let index = 0; index < 5_000; index += 1) list.take(`file has vanished: "/Users/ann/${index}"`);

    expect(list.all().count).toBe(5_000);
    expect(list.all().first).toHaveLength(100);
  });

  it('are counted by what went wrong and where', () => {
    const list = new FileErrorList();
    for (const name of ['a', 'b', 'c'])
      list.take(`rsync: [sender] opendir "/${name}" failed: Input/output error (5)`);
    list.take('rsync: [receiver] chown "/current/a" (in plan) failed: Operation not permitted (1)');

    expect(list.all().counts).toEqual([
      {
        kind: 'failed',
        side: 'source',
        operation: 'opendir',
        errno: 5,
        message: 'Input/output error',
        count: 3,
      },
      {
        kind: 'failed',
        side: 'remote',
        operation: 'chown',
        errno: 1,
        message: 'Operation not permitted',
        count: 1,
      },
    ]);
    expect(joinFileErrors([list.all(), list.all()]).counts.map(({ count }) => count)).toEqual([6, 2]);
    expect(joinFileErrors([list.all(), list.all()])).toMatchObject({ count: 8, first: { length: 8 } });
  });

  it('take bounded room however many kinds somebody makes up', () => {
    const list = new FileErrorList();
    for (let errno = 0; errno < 5_000; errno += 1)
      list.take(`rsync: [sender] opendir "/a" failed: x (${errno})`);

    const { count, counts } = list.all();
    expect(count).toBe(5_000);
    expect(counts.length).toBeLessThan(250);
    expect(counts.reduce((sum, one) => sum + one.count, 0)).toBe(5_000);
  });

  it('take no longer to read when somebody makes up lines to slow us down', () => {
    const started = performance.now();
    for (const filler of [' ', '" ', ': ', '(in ', '" (in ', '","', ', a', 'failed ']) {
      const long = filler.repeat(60_000 / filler.length);
      parseFileError(`rsync: [receiver] ${long}: x (1)`);
      parseFileError(`rsync: [receiver] "${long}" failed: x (1)`);
      parseFileError(`rsync: [receiver] set_acl: x(${long}): x (1)`);
      parseFileError(`rsync(1): error: ${long}: x: y`);
    }

    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('are found in a recorded run', () => {
    const list = new FileErrorList();
    for (const line of readFixture('rsync', 'unreadable.stderr').toString('latin1').split('\n'))
      list.take(line);

    expect(list.all().first.map(({ path }) => path.display)).toEqual([
      '/Users/ann/secret',
      '/Users/ann/Pictures/locked1',
      '/Users/ann/Pictures/locked2',
      '/Users/ann/Pictures/locked3',
    ]);
  });
});
