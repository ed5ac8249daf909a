import type { Contender } from '../contenders/contender';
import { judgeTargets } from './judge-targets';
import type { FinishedSample, Sample } from './sample';
import { summarise } from './summary-row';

const contender = (name: string, kind: Contender['kind']): Contender => ({
  name,
  kind,
  command: name,
  program: { name, versionArgument: '--version' },
  reference: 'rsync',
  keeps: 'everything',
  excuses: [],
  rounds: 'all',
  open: () => Promise.reject(new Error('not needed')),
});
const contenders = [contender('fleetclone', 'ours'), contender('rsync', 'rsync')];

const sample = (name: string, round: number, wallMs: number, isEqual = true): FinishedSample => ({
  caseId: 'small-unchanged',
  link: '100ms',
  contender: name,
  round,
  run: { wallMs, cpuMs: wallMs / 2, peakRssBytes: 1_000, agentPeakRssBytes: null },
  farCpuMs: null,
  linkCpuMs: 1,
  wire: { up: 4_000 + round, down: 3_000 },
  verdict: {
    isEqual,
    entries: 10,
    differenceCount: isEqual ? 0 : 1,
    excused: [],
    firstDifferences: [],
    notCompared: [],
  },
});

const rounds = (name: string, times: readonly number[]): Sample[] =>
  times.map((wallMs, index) => sample(name, index + 1, wallMs));

describe('the summary of a bench', () => {
  it('takes medians, tells how far they spread, and puts them in relation to the reference', () => {
    const rows = summarise(
      [...rounds('fleetclone', [90, 120, 100]), ...rounds('rsync', [1_000, 900, 5_000])],
      contenders,
    );
    expect(rows).toMatchObject([
      { contender: 'fleetclone', wallMs: { median: 100, least: 90, most: 120 }, ratio: 0.1, cpuMs: 50 },
      { contender: 'rsync', wallMs: { median: 1_000, least: 900, most: 5_000 }, ratio: 1 },
    ]);
  });

  it('counts the bytes of the round that is not timed, and not its time', () => {
    const [row] = summarise([sample('rsync', 0, 1), ...rounds('rsync', [50])], contenders);
    expect(row).toMatchObject({ rounds: 1, wallMs: { median: 50 }, wire: { up: 4_000.5, down: 3_000 } });
  });

  it('gives no time for a case in which one copy was not equal or one run failed', () => {
    const good = rounds('rsync', [100, 100]);
    const [unequal] = summarise(
      [...rounds('fleetclone', [1, 1]), sample('fleetclone', 3, 1, false)],
      contenders,
    );
    expect(unequal).toMatchObject({ equality: 'unequal', wallMs: null });
    const failed: Sample = {
      caseId: 'small-unchanged',
      link: '100ms',
      contender: 'fleetclone',
      round: 3,
      failure: 'died',
    };
    const [dead] = summarise([...rounds('fleetclone', [1, 1]), failed, ...good], contenders);
    expect(dead).toMatchObject({ equality: 'failed', wallMs: null, ratio: null });
  });

  it('says of each target whether it is met, and of what was not measured that it was not', () => {
    const rows = summarise([...rounds('fleetclone', [130]), ...rounds('rsync', [1_000])], contenders);
    const results = judgeTargets(rows, 20_000, 100);
    const found = (what: string) => results.find((result) => result.what.includes(what));
    expect(found('small files, nothing changed, 100 ms: time in that of rsync')).toMatchObject({
      value: 0.13,
      verdict: 'not met',
      remark: 'at 20,000 files, meant for 100,000',
    });
    expect(found('nothing changed, 100 ms: bytes on the wire')).toMatchObject({
      value: 4_001,
      verdict: 'met',
    });
    expect(found('nothing changed, 20 ms')).toMatchObject({ value: null, verdict: 'not measured' });
    expect(found('nothing slower than')).toMatchObject({ value: 0.13, verdict: 'met' });
  });
});
