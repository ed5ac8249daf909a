import { findErrorStorm } from './error-storm';
import type { FileErrorCount } from './file-errors';
import { classifyRsyncExit } from './rsync-exit';
import type { SystemPair } from './system-release';

function times(
  count: number,
  side: FileErrorCount['side'],
  errno: number,
  operation = 'opendir',
): FileErrorCount {
  return { kind: 'failed', side, errno, operation, message: 'any', count };
}

const causeOf = (counts: readonly FileErrorCount[], systems: SystemPair = {}): string | undefined =>
  findErrorStorm(counts, systems)?.name;

describe('a storm of errors', () => {
  it.each<[string, FileErrorCount, string]>([
    ['Input/output error at the source', times(4_000, 'source', 5), 'SOURCE_DISK_FAILING'],
    ['Device not configured at the source', times(4_000, 'source', 6), 'SOURCE_DISK_FAILING'],
    ['Input/output error at the remote', times(4_000, 'remote', 5, 'mkstemp'), 'REMOTE_DISK_FAILING'],
    ['Operation not permitted at the source', times(4_000, 'source', 1), 'PRIVACY_REFUSED'],
    ['Operation not permitted at the remote', times(4_000, 'remote', 1, 'mkstemp'), 'REMOTE_PRIVACY_REFUSED'],
  ])('of %s has one cause, among a few other errors', (_, storm, cause) => {
    const other: FileErrorCount = { ...times(900, 'source', 2), kind: 'vanished' };

    expect(causeOf([times(12, 'source', 13), other, storm])).toBe(cause);
  });

  it('is none when the errors are few, of many kinds, or mean an account that is not root', () => {
    expect(causeOf([times(999, 'source', 5)])).toBeUndefined();
    expect(causeOf([times(2_000, 'source', 5), times(2_000, 'source', 13)])).toBeUndefined();
    expect(causeOf([times(9_000, 'remote', 1, 'chown')])).toBeUndefined();
    expect(causeOf([times(9_000, 'source', 13)])).toBeUndefined();
  });

  it.each([
    ['Darwin 14.0.0', 'Darwin 13.3.0', true],
    ['Darwin 22.5.0', 'Darwin 12.6.0', true],
    ['Darwin 22.5.0 arm64', 'Darwin 13.4.0 x86_64', false],
    ['Darwin 13.1.0', 'Darwin 13.3.0', false],
    ['Darwin 22.5.0', 'Linux 3.10.0', false],
    ['Darwin 22.5.0', undefined, false],
  ])('between %s and %s is the old remote: %s', (sourceSystem, remoteSystem, isOld) => {
    const systems = { sourceSystem, ...(remoteSystem !== undefined && { remoteSystem }) };
    const found = causeOf([times(3_000, 'remote', 5, 'rsync_xal_set: lsetxattr')], systems);

    expect(found).toBe(isOld ? 'REMOTE_OS_TOO_OLD' : 'REMOTE_DISK_FAILING');
    expect(causeOf([times(20, 'remote', 5)], systems)).toBe(isOld ? 'REMOTE_OS_TOO_OLD' : undefined);
  });

  it('ends a run as partial, with the number and what to do', () => {
    const counts = [times(12_345, 'source', 5)];
    const fileErrors = { first: [], count: 12_345, counts };

    expect(classifyRsyncExit(23, null, '', { fileErrors })).toMatchObject({
      result: 'partial',
      code: 'TRANSFER.SOURCE_DISK_FAILING',
      layer: 'volume',
      side: 'source',
      message: expect.stringMatching(
        /^The source Mac answered "Input\/output error" 12,345 times\. .*Disk Utility/,
      ),
    });
  });
});
