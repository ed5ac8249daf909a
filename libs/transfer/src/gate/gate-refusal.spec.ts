import { classifyGateRefusal } from './gate-refusal';

describe("a refusal of the remote's gate", () => {
  it.each([
    ['denied', 'GATE.DENIED', false],
    ['no such root', 'GATE.NO_SUCH_ROOT', true],
    ['superseded by run-7 3', 'GATE.SUPERSEDED', false],
    ['superseded by run-7 3 (succeeded)', 'GATE.SUPERSEDED', false],
    ['not begun', 'GATE.NOT_BEGUN', true],
    ['no space left at the destination', 'TRANSFER.DISK_FULL', false],
    ['quota used up at the destination', 'TRANSFER.QUOTA_EXCEEDED', false],
    ['disk is read-only at the destination', 'TRANSFER.READ_ONLY_VOLUME', false],
    ['no space left for the gate itself', 'GATE.DISK_FULL', false],
    ['no rsync here', 'GATE.NO_RSYNC', false],
    ['an older transfer will not stop', 'GATE.BUSY', true],
    ['a snapshot of this plan is being made or published', 'GATE.BUSY', true],
    ['no such snapshot', 'GATE.NO_SUCH_SNAPSHOT', false],
    ['nothing to publish', 'GATE.NOTHING_TO_PUBLISH', true],
    ["the snapshot's name is taken", 'GATE.SNAPSHOT_EXISTS', false],
    ['no such source', 'GATE.NO_SUCH_SOURCE', true],
    ['bad plan document', 'GATE.BAD_PLAN', false],
    ['cannot enter the plan folder', 'GATE.UNUSABLE', true],
  ])('is named for "%s"', (reason, code, retryable) => {
    expect(classifyGateRefusal(`fc-gate: ${reason}\r\nrsync: did not see server greeting\n`)).toMatchObject({
      code,
      retryable,
    });
  });

  it('is not seen where the gate did not speak', () => {
    expect(
      classifyGateRefusal('rsync: [sender] opendir "/fc-gate: denied" failed: Permission denied (13)'),
    ).toBeNull();
  });

  it('carries an unknown reason in its message, made harmless', () => {
    expect(classifyGateRefusal('fc-gate: something \u001b[31m new')?.message).toContain(
      '(something ?[31m new)',
    );
  });
});
