import { decideRecovery } from './decide-recovery';
import { renderPlanDocument } from './plan-document';
import { troubleOfCommand, troubleOfError, troubleOfTransfer } from './trouble';
import { describeNegotiation, negotiateWith } from './check-remote';
import { type BeginReply, InvalidGateArgumentError } from '@fleetclone/keys';
import {
  classifyRsyncExit,
  type DetectedRsync,
  parseRsyncVersion,
  type RsyncVersion,
  SourcePathError,
  SshMissingError,
} from '@fleetclone/transfer';
import { buildBackupOrder } from '../testkit/build-order';

describe('after a restart', () => {
  const key = { runId: 'run', fence: 2 };
  const newest = (fence: number) => (): number => fence;

  it('an unfinished attempt is resumed, an overtaken one superseded, an ended or never ordered one left alone', () => {
    const unfinished = { key, isEnded: false, hasOrder: true };

    expect(decideRecovery(unfinished, newest(2))).toBe('resume');
    expect(decideRecovery(unfinished, newest(3))).toBe('supersede');
    expect(decideRecovery({ ...unfinished, isEnded: true }, newest(2))).toBe('rest');
    expect(decideRecovery({ ...unfinished, hasOrder: false }, newest(2))).toBe('rest');
  });
});

describe("the gate's answers", () => {
  const answer = (exitCode: number, stderr = '') =>
    troubleOfCommand({ ending: 'exited', exitCode, cause: null, stderr });

  it('no trouble when it exits with 0', () => {
    expect(answer(0)).toBeNull();
  });

  it('an unmounted disk is not ready, not failed', () => {
    expect(answer(78, 'fc-gate: no such root')).toMatchObject({
      state: 'not-ready',
      mayPass: false,
      outcome: { code: 'VOLUME.NOT_MOUNTED', side: 'remote' },
    });
  });

  it.each([
    [76, 'fc-gate: superseded by x 3', 'GATE.SUPERSEDED', false],
    [77, 'fc-gate: denied', 'GATE.DENIED', false],
    [75, 'fc-gate: an older transfer will not stop', 'GATE.BUSY', true],
    [127, 'sh: gate: not found', 'GATE.NOT_UNDERSTOOD', false],
  ])('exit %d is %s', (exitCode, stderr, code, mayPass) => {
    expect(answer(exitCode, stderr)).toMatchObject({ state: 'failed', mayPass, outcome: { code } });
  });

  it('a connection that fails for the moment may be tried again, a refused key not', () => {
    const refused = {
      code: 'SSH.REFUSED',
      layer: 'network',
      side: 'remote',
      retryable: true,
      message: '',
    } as const;
    const denied = {
      code: 'SSH.AUTH_REFUSED',
      layer: 'ssh',
      side: 'remote',
      retryable: false,
      message: '',
    } as const;
    const failedBy = (cause: typeof refused | typeof denied) =>
      troubleOfCommand({ ending: 'exited', exitCode: 255, cause, stderr: '' });

    expect(failedBy(refused)?.mayPass).toBe(true);
    expect(failedBy(denied)?.mayPass).toBe(false);
  });
});

describe("rsync's endings", () => {
  const trouble = (exitCode: number, stderr = '') =>
    troubleOfTransfer(classifyRsyncExit(exitCode, null, stderr), (cause) => cause);

  it('complete and partial copies are no trouble', () => {
    expect(trouble(0)).toBeNull();
    expect(trouble(23)).toBeNull();
    expect(trouble(24)).toBeNull();
  });

  it('a lost connection may be resumed; a full disk, a killed rsync or a refusal of the gate may not', () => {
    expect(trouble(12)).toMatchObject({ mayPass: true, outcome: { code: 'TRANSFER.CONNECTION_LOST' } });
    expect(trouble(30)).toMatchObject({ mayPass: true });
    expect(trouble(20)).toMatchObject({ mayPass: false, outcome: { retryable: true } });
    expect(trouble(12, 'fc-gate: superseded by x 3\n')).toMatchObject({ mayPass: false });
  });

  it('a destination that is gone is not ready', () => {
    expect(trouble(12, 'fc-gate: no such root\n')).toMatchObject({ state: 'not-ready' });
  });
});

it('a plan that cannot be put into arguments fails with a reason; a mistake of ours is none of the known troubles', () => {
  const outcomeOf = (error: unknown) => troubleOfError(error)?.outcome;

  expect(outcomeOf(new SourcePathError('/', 'must be a folder or file below /'))).toMatchObject({
    code: 'TRANSFER.SOURCE_PATH_INVALID',
    message: expect.stringContaining('/ as a source: ') as string,
  });
  expect(outcomeOf(new InvalidGateArgumentError('not a path'))).toMatchObject({
    code: 'KEYS.INVALID_GATE_ARGUMENT',
  });
  expect(outcomeOf(new SshMissingError('ssh could not be started'))).toMatchObject({
    code: 'SSH.TOOL_MISSING',
  });
  expect(outcomeOf(new TypeError('x is not a function'))).toBeUndefined();
});

describe('the remote', () => {
  const begun: BeginReply = {
    freeKib: 1024 * 1024,
    uid: 0,
    rsync: 'rsync  version 3.5.0  protocol version 32',
    rsyncVersionText: 'rsync  version 3.5.0  protocol version 32',
    moduleRoot: '',
    previous: null,
    latestSnapshot: null,
    found: 'nothing',
    hasPartial: false,
    system: 'Linux 6.1 x86_64',
    fileSystem: 'ext4',
  };
  const local: DetectedRsync = {
    binary: '/usr/bin/rsync',
    ...(parseRsyncVersion(begun.rsync ?? '') as RsyncVersion),
  };

  it('must have an rsync that can take part', () => {
    expect(negotiateWith(local, begun)).toMatchObject({ canListChanges: true });
    expect(() =>
      negotiateWith(local, { ...begun, rsyncVersionText: 'openrsync: protocol version 27' }),
    ).toThrow('RSYNC_UNUSABLE');
    expect(() => negotiateWith(local, { ...begun, rsyncVersionText: undefined })).toThrow(
      'REMOTE_TOOL_MISSING',
    );
  });

  it('that writes as an ordinary user cannot keep owners, and that is told before', () => {
    const told = (uid: number): string =>
      describeNegotiation(negotiateWith(local, { ...begun, uid }))
        .map(({ text }) => text)
        .join();

    expect(told(501)).toContain('owners');
    expect(told(0)).not.toContain('owners');
  });
});

it('describes the plan at the destination, without excludes that would be too much for the gate', () => {
  const mac = { id: 'id', name: 'studio-mac' };
  const small = renderPlanDocument(buildBackupOrder({ excludes: ['*.tmp'] }), mac, '1.0.0');
  const large = renderPlanDocument(
    buildBackupOrder({ excludes: Array.from({ length: 500 }, () => 'x'.repeat(1000)) }),
    mac,
    '1',
  );

  expect(JSON.parse(small)).toMatchObject({
    formatVersion: 1,
    mac,
    excludes: ['*.tmp'],
    plan: { slug: 'home' },
  });
  expect(JSON.parse(large)).not.toHaveProperty('excludes');
});
