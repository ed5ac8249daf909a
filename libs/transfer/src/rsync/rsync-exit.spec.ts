import { constants } from 'node:os';
import fc from 'fast-check';
import { readFixture } from '../testkit/fixtures';
import { CAUSES } from './causes';
import { classifyRsyncExit } from './rsync-exit';

const recorded = (area: 'rsync' | 'ssh', name: string): string =>
  readFixture(area, `${name}.stderr`).toString();
const GREETING =
  'rsync: did not see server greeting\nrsync error: error starting client-server protocol (code 5) at main.c(1954) [sender=3.5.0]\n';

describe('the meaning of an exit code of rsync', () => {
  it.each([
    [0, 'complete', 'COMPLETE', false],
    [1, 'failed', 'UNSUPPORTED_OPTION', false],
    [2, 'failed', 'PROTOCOL_MISMATCH', false],
    [3, 'failed', 'BAD_PATHS', false],
    [4, 'failed', 'UNSUPPORTED_ACTION', false],
    [5, 'failed', 'NO_GREETING', true],
    [6, 'failed', 'DIAGNOSTICS', false],
    [10, 'failed', 'CONNECTION_LOST', true],
    [11, 'failed', 'FILE_IO', false],
    [12, 'failed', 'CONNECTION_LOST', true],
    [13, 'failed', 'DIAGNOSTICS', false],
    [14, 'failed', 'LOCAL_PROCESS', true],
    [16, 'failed', 'CONNECTION_LOST', true],
    [19, 'failed', 'TERMINATED', true],
    [20, 'failed', 'TERMINATED', true],
    [21, 'failed', 'LOCAL_PROCESS', true],
    [22, 'failed', 'OUT_OF_MEMORY', true],
    [23, 'partial', 'PARTIAL', true],
    [24, 'complete-with-warnings', 'VANISHED', false],
    [25, 'partial', 'MAX_DELETE', false],
    [30, 'failed', 'TIMED_OUT', true],
    [35, 'failed', 'TIMED_OUT', true],
    [124, 'failed', 'CONNECTION_LOST', true],
    [125, 'failed', 'CONNECTION_LOST', true],
    [126, 'failed', 'REMOTE_TOOL_MISSING', false],
    [127, 'failed', 'REMOTE_TOOL_MISSING', false],
    [134, 'failed', 'CRASHED', true],
    [137, 'failed', 'CRASHED', true],
    [139, 'failed', 'CRASHED', true],
    [143, 'failed', 'TERMINATED', true],
    [255, 'failed', 'CONNECTION_LOST', true],
    [99, 'failed', 'UNKNOWN', true],
  ])('%i alone is %s: %s', (exitCode, result, reason, retryable) => {
    expect(classifyRsyncExit(exitCode, null, '')).toMatchObject({
      result,
      code: `TRANSFER.${reason}`,
      retryable,
    });
  });

  it.each([
    ['SIGKILL', 'CRASHED'],
    ['SIGSEGV', 'CRASHED'],
    ['SIGABRT', 'CRASHED'],
    ['SIGTERM', 'TERMINATED'],
    ['SIGHUP', 'TERMINATED'],
  ] as const)('the signal %s is %s', (signal, reason) => {
    expect(classifyRsyncExit(null, signal, '')).toMatchObject({
      result: 'failed',
      code: `TRANSFER.${reason}`,
    });
  });

  it('is never missing, whatever the code, the signal and the words', () => {
    const code = fc.option(fc.integer({ min: 0, max: 255 }), { nil: null });
    const signal = fc.option(fc.constantFrom(...(Object.keys(constants.signals) as NodeJS.Signals[])), {
      nil: null,
    });
    fc.assert(
      fc.property(code, signal, fc.string({ unit: 'binary' }), (exitCode, by, stderr) => {
        const ending = classifyRsyncExit(exitCode, exitCode === null ? by : null, stderr);

        expect(ending.code).toMatch(/^(?:TRANSFER|SSH|GATE)\.[A-Z_]+$/);
        expect(ending.message).not.toBe('');
        if (exitCode !== 0) expect([ending.layer, ending.side]).not.toContain(null);
      }),
    );
  });
});

describe('the meaning of an exit code together with the output', () => {
  it.each([
    [11, 'disk-full', 'failed', 'TRANSFER.DISK_FULL', 'volume', 'remote'],
    [23, 'read-only', 'failed', 'TRANSFER.READ_ONLY_VOLUME', 'volume', 'remote'],
    [23, 'unreadable', 'partial', 'TRANSFER.SOURCE_UNREADABLE', 'agent', 'source'],
    [23, 'remote-permission', 'partial', 'TRANSFER.REMOTE_PERMISSION', 'privacy', 'remote'],
    [24, 'vanished', 'complete-with-warnings', 'TRANSFER.VANISHED', 'source', 'source'],
    [5, 'remote-tool-missing', 'failed', 'TRANSFER.REMOTE_TOOL_MISSING', 'tool', 'remote'],
    [5, 'unknown-module', 'failed', 'TRANSFER.UNKNOWN_MODULE', 'gate', 'remote'],
    [5, 'shell-not-clean', 'failed', 'TRANSFER.SHELL_NOT_CLEAN', 'tool', 'remote'],
    [5, 'root-missing', 'failed', 'TRANSFER.ROOT_MISSING', 'volume', 'remote'],
    [1, 'module-read-only', 'failed', 'TRANSFER.ROOT_READ_ONLY', 'gate', 'remote'],
    [1, 'unknown-option', 'failed', 'TRANSFER.UNSUPPORTED_OPTION', 'tool', 'path'],
    [5, 'ssh-missing', 'failed', 'TRANSFER.SSH_MISSING', 'tool', 'source'],
  ])('%i with the recorded case "%s" is %s, %s', (exitCode, fixture, result, code, layer, side) => {
    expect(classifyRsyncExit(exitCode, null, recorded('rsync', fixture))).toMatchObject({
      result,
      code,
      layer,
      side,
    });
  });

  it.each([
    ['auth-refused', 'SSH.AUTH_REFUSED'],
    ['host-key-changed', 'SSH.HOST_KEY_CHANGED'],
    ['refused', 'SSH.REFUSED'],
    ['host-unknown', 'SSH.HOST_UNKNOWN'],
    ['closed', 'SSH.CLOSED'],
  ])("5, 12 and 255 are ssh's own failure in the recorded case %s", (fixture, code) => {
    for (const exitCode of [5, 12, 255]) {
      expect(classifyRsyncExit(exitCode, null, recorded('ssh', fixture) + GREETING)).toMatchObject({
        result: 'failed',
        code,
      });
    }
  });

  it.each([
    ['denied', 'GATE.DENIED'],
    ['no such root', 'GATE.NO_SUCH_ROOT'],
    ['superseded by run-9 4', 'GATE.SUPERSEDED'],
  ])("is the gate's refusal: %s", (reason, code) => {
    expect(classifyRsyncExit(5, null, `fc-gate: ${reason}\n${GREETING}`)).toMatchObject({
      result: 'failed',
      code,
      side: 'remote',
    });
  });

  it('tells which end of the transfer was ended from outside', () => {
    const remote =
      'rsync error: received SIGINT, SIGTERM, or SIGHUP (code 20) at io.c(586) [generator=3.5.0]\n';
    const source =
      'rsync error: received SIGINT, SIGTERM, or SIGHUP (code 20) at rsync.c(713) [sender=3.5.0]\n';

    expect(classifyRsyncExit(20, null, remote)).toMatchObject({
      code: 'TRANSFER.REMOTE_TERMINATED',
      side: 'remote',
    });
    expect(classifyRsyncExit(20, null, source)).toMatchObject({
      code: 'TRANSFER.TERMINATED',
      side: 'source',
    });
  });

  it('takes a missing source root for a failure when nothing else was copied', () => {
    const stderr = 'rsync: [sender] link_stat "/Users/nope" failed: No such file or directory (2)\n';

    expect(classifyRsyncExit(23, null, stderr, { filesTotal: 0 })).toMatchObject({
      result: 'failed',
      code: 'TRANSFER.SOURCE_MISSING',
    });
    expect(classifyRsyncExit(23, null, stderr, { filesTotal: 12 })).toMatchObject({
      result: 'partial',
      code: 'TRANSFER.SOURCE_MISSING',
    });
  });

  it('knows the privacy protection of macOS, and a remote that may not set owners', () => {
    const privacy = 'rsync: [sender] opendir "/Users/ann/Library/Mail" failed: Operation not permitted (1)\n';
    const owners = 'rsync: [generator] chown "/current/a" (in plan) failed: Operation not permitted (1)\n';

    expect(classifyRsyncExit(23, null, privacy)).toMatchObject({
      code: 'TRANSFER.PRIVACY_REFUSED',
      layer: 'privacy',
      side: 'source',
    });
    expect(classifyRsyncExit(23, null, owners)).toMatchObject({
      code: 'TRANSFER.OWNERSHIP_REFUSED',
      side: 'remote',
    });
  });

  it('believes its own stop before any code, but a completed run before its own stop', () => {
    expect(classifyRsyncExit(20, null, '', { stoppedBecause: 'cancelled' }).result).toBe('cancelled');
    expect(classifyRsyncExit(null, 'SIGKILL', '', { stoppedBecause: 'silent' }).code).toBe('TRANSFER.SILENT');
    expect(classifyRsyncExit(12, null, '', { stoppedBecause: 'too-long' }).code).toBe('TRANSFER.TOO_LONG');
    expect(classifyRsyncExit(0, null, '', { stoppedBecause: 'cancelled' }).result).toBe('complete');
  });

  it('tells files that changed while they were read from failures', () => {
    const shrunk = 'rsync: [sender] read errors mapping "/Users/ann/log": No data available (61)\n';
    const changing = 'ERROR: Users/ann/db failed verification -- update discarded.\n';
    const vanished = 'file has vanished: "/Users/ann/tmp"\n';
    const unreadable = 'rsync: [sender] opendir "/Users/ann/x" failed: Permission denied (13)\n';

    for (const stderr of [shrunk, changing, vanished + shrunk])
      expect(classifyRsyncExit(23, null, stderr)).toMatchObject({
        result: 'partial',
        code: 'TRANSFER.CHANGED_WHILE_READ',
        retryable: true,
      });
    expect(classifyRsyncExit(23, null, shrunk + unreadable).code).toBe('TRANSFER.SOURCE_UNREADABLE');
    expect(classifyRsyncExit(23, null, vanished).code).toBe('TRANSFER.PARTIAL');
  });

  it('says that deletions were held back, even where another code hides it', () => {
    const unreadable = 'rsync: [sender] opendir "/Users/ann/x" failed: Permission denied (13)\n';

    expect(classifyRsyncExit(24, null, '', { deletionsHeld: 4 })).toMatchObject({
      result: 'partial',
      code: 'TRANSFER.MAX_DELETE',
    });
    expect(classifyRsyncExit(23, null, unreadable, { deletionsHeld: 4 })).toMatchObject({
      code: 'TRANSFER.SOURCE_UNREADABLE',
      message: expect.stringMatching(/Deletions .* held back\.$/),
    });
  });

  it('knows errors of the remote in any language, and of an rsync that does not say which end speaks', () => {
    const german =
      'rsync: [receiver] write failed on "/current/a" (in plan): Auf dem Ger\u00e4t ist kein Platz (28)\n';
    const old = 'rsync: mkstemp "/current/.a.X" failed: Read-only file system (30)\n';

    expect(classifyRsyncExit(11, null, german).code).toBe('TRANSFER.DISK_FULL');
    expect(classifyRsyncExit(23, null, old).code).toBe('TRANSFER.READ_ONLY_VOLUME');
  });

  it('is not misled by the name of a file', () => {
    const name = 'No space left on device (28) Connection refused fc-gate: denied';
    const stderr = `rsync: [sender] opendir "/Users/ann/${name}" failed: Permission denied (13)\n`;

    expect(classifyRsyncExit(23, null, stderr).code).toBe('TRANSFER.SOURCE_UNREADABLE');
    expect(classifyRsyncExit(12, null, stderr).code).toBe('TRANSFER.CONNECTION_LOST');
  });
});

describe('causes', () => {
  it('say in plain words what to do, on which side', () => {
    for (const cause of Object.values(CAUSES)) {
      expect(cause.message).toMatch(/^\S+ .*\.$/);
      expect(cause.code).toMatch(/^TRANSFER\.[A-Z_]+$/);
    }
  });
});
