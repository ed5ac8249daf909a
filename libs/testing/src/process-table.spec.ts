import { growFamily } from './process-family';
import { parseProcStat, parsePs, type ProcessRow } from './process-table';

describe('parseProcStat', () => {
  const rest = '0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 987654 1000 200';

  it('reads a program whose name holds brackets and spaces', () => {
    expect(parseProcStat(`42 (tmux: (a) b) S 7 41 40 ${rest}`)).toEqual({
      pid: 42,
      parentPid: 7,
      groupId: 41,
      startedAt: '987654',
    });
  });

  it('leaves out zombies and processes that went away', () => {
    expect(parseProcStat(`42 (sh) Z 7 41 40 ${rest}`)).toBeUndefined();
    expect(parseProcStat('')).toBeUndefined();
  });
});

describe('parsePs', () => {
  it('reads what macOS prints', () => {
    const output = [
      '    1     0     1 Ss   Mon Nov  3 08:00:00 2025    ',
      '  812   800   812 Z    Mon Nov  3 08:00:01 2025    ',
      '99871   812   812 S+   Sat Nov 22 23:59:59 2025    ',
      '',
    ].join('\n');
    expect(parsePs(output)).toEqual([
      { pid: 1, parentPid: 0, groupId: 1, startedAt: 'Mon Nov  3 08:00:00 2025' },
      { pid: 99871, parentPid: 812, groupId: 812, startedAt: 'Sat Nov 22 23:59:59 2025' },
    ]);
  });
});

describe('growFamily', () => {
  const row = (pid: number, parentPid: number, groupId: number, startedAt = `t${pid}`): ProcessRow => ({
    pid,
    parentPid,
    groupId,
    startedAt,
  });
  const pids = (rows: readonly ProcessRow[]) => rows.map(({ pid }) => pid).sort((a, b) => a - b);

  it('takes in the group and descendants in other groups', () => {
    const rows = [
      row(1, 0, 1),
      row(10, 1, 10),
      row(11, 10, 10),
      row(12, 11, 12),
      row(13, 1, 10),
      row(20, 1, 20),
    ];
    expect(pids(growFamily([], rows, 10))).toEqual([10, 11, 12, 13]);
  });

  it('keeps known members that lost their parent, and takes in their new children', () => {
    const known = [row(10, 1, 10), row(12, 10, 12)];
    expect(pids(growFamily(known, [row(1, 0, 1), row(12, 1, 12), row(14, 12, 14)], undefined))).toEqual([
      12, 14,
    ]);
  });

  it('does not mistake a later process for a member with the same number', () => {
    expect(growFamily([row(10, 1, 10)], [row(1, 0, 1), row(10, 1, 10, 'later')], undefined)).toEqual([]);
  });
});
