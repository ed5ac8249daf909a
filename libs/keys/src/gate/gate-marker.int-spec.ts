import { lstat, mkdir, writeFile } from 'node:fs/promises';
import { PlanAtGate } from '../testkit/plan-at-gate';
import { shells } from '../testkit/variants';
import { gateCommands, type GateOutcome } from './gate-commands';

jest.setTimeout(60_000);

const KILL_GATE = 'kill -s KILL "$PPID"';
const killed = { exitCode: null, stdout: '' };
const unknown = (reason: string) => ({ answer: 'unknown', reason });
const noMarker = unknown('no marker is left');
const yes = { answer: 'yes', reason: 'nothing is newer than the marker' };
const no = { answer: 'no', reason: 'something is newer than the marker' };

describe.each(shells)('the marker of a run that succeeded, under $name', (shell) => {
  let plan: PlanAtGate;
  beforeEach(async () => {
    plan = await PlanAtGate.create(shell);
    await plan.begin(1);
    await mkdir(plan.at('current'));
  });
  afterEach(() => plan.remove());

  const stat = (name: string) => lstat(plan.at(name), { bigint: true });
  const takeover = () => `${plan.gate.requestFrom(gateCommands.begin(plan.attempt(2)))} >/dev/null 2>&1`;
  const markerTime = async () => (await stat('.fleetclone/marker')).mtimeNs;

  it('is newer than all that the run did, and older than whatever comes after it', async () => {
    for (let number = 1; number <= 8; number += 1) {
      await writeFile(plan.at('current/last'), `${number}`);
      await plan.finish(number);
      expect(await markerTime()).toBeGreaterThan((await stat('current/last')).ctimeNs);
      await writeFile(plan.at('current/at once'), '');
      expect((await stat('current/at once')).ctimeNs).toBeGreaterThan(await markerTime());
      await plan.begin(number + 1);
      expect(await plan.ask(number + 1, number)).toEqual(no);
    }
  });

  it.each<GateOutcome>(['partial', 'failed', 'cancelled'])(
    'is gone after a run that was %s',
    async (outcome) => {
      await plan.finish(1);
      await plan.begin(2);
      await plan.finish(2, outcome);
      await plan.begin(3);
      expect(await plan.ask(3, 2)).toEqual(noMarker);
      expect(await plan.ask(3, 1)).toEqual(noMarker);
    },
  );

  it('is good for that run only', async () => {
    await plan.finish(1);
    await plan.begin(2);
    expect(await plan.ask(2, 3)).toEqual(unknown('the marker is of another run'));
    await plan.finish(2);
    await plan.begin(3);
    expect(await plan.ask(3, 1)).toEqual(unknown('the marker is of another run'));
    expect(await plan.ask(3, 2)).toEqual(yes);
  });

  it('is for the attempt that began after it, once', async () => {
    await plan.finish(1);
    await plan.begin(2);
    expect(await plan.ask(2, 1)).toEqual(yes);
    await plan.begin(2);
    expect(await plan.ask(2, 1)).toEqual(noMarker);
    await plan.begin(3);
    expect(await plan.ask(3, 1)).toEqual(noMarker);
  });

  it('is gone when an attempt began and something else than success came of it', async () => {
    await plan.finish(1);
    await plan.begin(2);
    await plan.transfer(2);
    await plan.begin(3);
    expect(await plan.ask(3, 1)).toEqual(noMarker);
    await plan.finish(3, 'cancelled');
    await plan.begin(4);
    expect(await plan.ask(4, 1)).toEqual(noMarker);
  });

  it('is not renewed by a finish that is repeated', async () => {
    await plan.finish(1);
    const first = await markerTime();
    await writeFile(plan.at('current/file'), 'of somebody else');
    await plan.finish(1);
    expect(await markerTime()).toBe(first);
    await plan.begin(2);
    expect(await plan.ask(2, 1)).toEqual(no);
  });

  it('is none when the finish was killed before it, and stays none when the finish is repeated', async () => {
    await plan.gate.standIn('sync', KILL_GATE);
    expect(await plan.finish(1)).toMatchObject(killed);
    await plan.gate.endStandIn('sync');
    await writeFile(plan.at('current/file'), 'of somebody else');
    expect(await plan.finish(1)).toMatchObject({ exitCode: 0 });
    await plan.begin(2);
    expect(await plan.ask(2, 1)).toEqual(noMarker);
  });

  it('is none when the finish was killed before it was in place', async () => {
    await plan.gate.standIn('mv', `case $* in *./marker) ${KILL_GATE};; *) exec "$real" "$@"; esac`);
    expect(await plan.finish(1)).toMatchObject(killed);
    await plan.gate.endStandIn('mv');
    await plan.begin(2);
    expect(await plan.ask(2, 1)).toEqual(noMarker);
  });

  it('is good when the finish was killed after that, for the run had finished', async () => {
    await writeFile(plan.at('.fleetclone/history'), 'of before\n');
    await plan.gate.standIn('tail', KILL_GATE);
    expect(await plan.finish(1)).toMatchObject(killed);
    await plan.gate.endStandIn('tail');
    await plan.begin(2);
    expect(await plan.ask(2, 1)).toEqual(yes);
  });

  it.each([
    ['before it was written', 'sync', ''],
    [
      'just before it was in place',
      'mv',
      'case $* in *./marker) ;; *) exec "$real" "$@"; esac; trap \'"$real" "$@"\' EXIT',
    ],
  ])('is none when another run took over %s, and stays none for the next', async (_when, program, script) => {
    await plan.gate.standIn(program, `${script}\nrm -f "$0"\n${takeover()}`);
    expect(await plan.finish(1)).toMatchObject({ exitCode: 0, stderr: '' });
    await expect(stat('.fleetclone/marker')).rejects.toThrow('ENOENT');
    expect(await plan.ask(2, 1)).toEqual(noMarker);
    await plan.begin(3);
    expect(await plan.ask(3, 1)).toEqual(noMarker);
  });

  it('is good when another run took over after it was in place, and is that of nobody else', async () => {
    const script = '"$real" "$@"; case $* in *./marker) ;; *) exit 0; esac';
    await plan.gate.standIn('mv', `${script}\nrm -f "$0"\n${takeover()}`);
    expect(await plan.finish(1)).toMatchObject({ exitCode: 0, stderr: '' });
    await expect(stat('.fleetclone/marker')).rejects.toThrow('ENOENT');
    expect(await plan.ask(2, 1)).toEqual(yes);
    await plan.begin(3);
    expect(await plan.ask(3, 1)).toEqual(noMarker);
  });

  it('is none where find has no -newercm, as that of busybox has not', async () => {
    const withoutIt =
      'case $* in *-newercm*) echo "find: unrecognized: -newercm" >&2; exit 1; esac; exec "$real" "$@"';
    await plan.gate.standIn(
      'find',
      `if command -v busybox >/dev/null; then exec busybox find "$@"; fi; ${withoutIt}`,
    );
    expect(await plan.finish(1)).toMatchObject({ exitCode: 0, stderr: '' });
    await plan.begin(2);
    expect(await plan.ask(2, 1)).toEqual(noMarker);
  });
});
