import { InvalidGateArgumentError } from './gate-arguments';
import {
  GATE_BAD_DOCUMENT,
  GATE_BUSY,
  GATE_DENIED,
  GATE_FAILED,
  GATE_MAX_PLAN_BYTES,
  GATE_NAME_TAKEN,
  GATE_NO_ROOT,
  GATE_NO_RSYNC,
  GATE_NOT_THERE,
  GATE_PLAN_MODULE,
  GATE_SOURCE_MODULE,
  GATE_SUPERSEDED,
  gateCommands,
  moduleDestination,
  moduleOptionPath,
} from './gate-commands';
import { gateScript, gateVersion } from './gate-script';

const attempt = { planDirectory: '/Volumes/Back up/studio/home', runId: 'run-1', fence: 7 };

describe('gateCommands', () => {
  it('spells every request of the gate', () => {
    const place = '/Volumes/Back%20up/studio/home run-1 7';
    expect(gateCommands.probeClock()).toBe('fc probe clock');
    expect(gateCommands.probeHost()).toBe('fc probe host');
    expect(gateCommands.begin(attempt)).toBe(`fc begin ${place}`);
    expect(gateCommands.rsyncPath(attempt)).toBe(`fc rsync ${place}`);
    expect(gateCommands.finish({ ...attempt, outcome: 'partial' })).toBe(`fc finish ${place} partial`);
    expect(gateCommands.clone({ ...attempt, snapshot: '2026-08-13.2' })).toBe(
      `fc clone ${place} 2026-08-13.2`,
    );
    expect(gateCommands.publish({ ...attempt, snapshot: 's' })).toBe(`fc publish ${place} s`);
    const since = { runId: 'run-0', fence: 6 };
    expect(gateCommands.unchanged({ ...attempt, since, folder: 'current' })).toBe(
      `fc unchanged ${place} run-0 6 current`,
    );
    expect(gateCommands.unchanged({ ...attempt, since, folder: 'snapshots/s' })).toMatch(/ snapshots\/s$/);
    expect(gateCommands.altered({ ...attempt, since, folder: 'snapshots/s' })).toBe(
      `fc altered ${place} run-0 6 snapshots/s`,
    );
    expect(gateCommands.send({ sourcePath: '/Users/ann lee', runId: 'run-1' })).toBe(
      'fc send /Users/ann%20lee run-1',
    );
  });

  it.each(['', '.', '..', '-x', 'a/b', 'a b', 'x'.repeat(65)])(
    'refuses the snapshot %j, wherever it is named',
    (snapshot) => {
      const since = { runId: 'run-0', fence: 6 };
      expect(() => gateCommands.clone({ ...attempt, snapshot })).toThrow(InvalidGateArgumentError);
      expect(() => gateCommands.publish({ ...attempt, snapshot })).toThrow(InvalidGateArgumentError);
      expect(() => gateCommands.unchanged({ ...attempt, since, folder: `snapshots/${snapshot}` })).toThrow(
        InvalidGateArgumentError,
      );
    },
  );

  it.each(['', '-x', '.x', 'a b', 'a;b', 'ä', 'x'.repeat(65)])('refuses the run id %j', (runId) => {
    expect(() => gateCommands.begin({ ...attempt, runId })).toThrow(InvalidGateArgumentError);
  });

  it.each([0, -1, 1.5, Number.NaN, 1e15])('refuses the fence %d', (fence) => {
    expect(() => gateCommands.begin({ ...attempt, fence })).toThrow(InvalidGateArgumentError);
  });

  it('takes the greatest fence that every shell compares exactly', () => {
    expect(gateCommands.begin({ ...attempt, fence: 999_999_999_999_999 })).toMatch(/ 999999999999999$/);
  });
});

describe('paths inside the rsync module', () => {
  it('are those of the plan under root, and absolute ones otherwise', () => {
    expect(moduleDestination('', 'current/')).toBe('plan/current/');
    expect(moduleOptionPath('', 'archive/1')).toBe('/archive/1');
    expect(moduleDestination('/home/a b', 'current/')).toBe('plan/home/a b/current/');
    expect(moduleOptionPath('/home/a b', 'archive/1')).toBe('/home/a b/archive/1');
  });
});

describe('the constants', () => {
  it('are those of the script', () => {
    expect(gateScript).toMatch(new RegExp(`^gate_version=${gateVersion}$`, 'm'));
    const meanings = [
      [GATE_BAD_DOCUMENT, "'bad plan document'"],
      [GATE_NOT_THERE, "'no such snapshot'"],
      [GATE_NOT_THERE, "'nothing to publish'"],
      [GATE_NOT_THERE, "'no such source'"],
      [GATE_NO_RSYNC, "'no rsync here'"],
      [GATE_NAME_TAKEN, '"the snapshot\'s name is taken"'],
      [GATE_BUSY, "'a snapshot of this plan is being made or published'"],
      [GATE_FAILED, "'cannot write the state of this gate'"],
      [GATE_BUSY, "'an older transfer will not stop'"],
      [GATE_SUPERSEDED, '"superseded by '],
      [GATE_DENIED, 'denied\n'],
      [GATE_NO_ROOT, "'no such root'"],
    ] as const;
    for (const [code, text] of meanings) expect(gateScript).toContain(`leave ${code} ${text}`);
    expect(gateScript).toContain(`"$size" -gt ${GATE_MAX_PLAN_BYTES} `);
    for (const name of [GATE_PLAN_MODULE, GATE_SOURCE_MODULE]) expect(gateScript).toContain(`[${name}]`);
  });
});
