import { InvalidGateArgumentError } from './gate-arguments';
import {
  GATE_BAD_DOCUMENT,
  GATE_BUSY,
  GATE_DENIED,
  GATE_FAILED,
  GATE_MAX_PLAN_BYTES,
  GATE_NO_ROOT,
  GATE_NO_RSYNC,
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
  });

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
      [GATE_NO_RSYNC, "'no rsync here'"],
      [GATE_FAILED, "'cannot write the state of this gate'"],
      [GATE_BUSY, "'an older transfer will not stop'"],
      [GATE_SUPERSEDED, '"superseded by '],
      [GATE_DENIED, 'denied\n'],
      [GATE_NO_ROOT, "'no such root'"],
    ] as const;
    for (const [code, text] of meanings) expect(gateScript).toContain(`leave ${code} ${text}`);
    expect(gateScript).toContain(`"$size" -gt ${GATE_MAX_PLAN_BYTES} `);
  });
});
