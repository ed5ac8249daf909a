import { finalRunStates, RunState } from '@fleetclone/contracts';
import { activeRunStates, archiveName, isActiveRunState, mayMove } from './run';

describe('the life of a run', () => {
  it('never leaves an end', () => {
    const moves = finalRunStates.flatMap((from) => RunState.options.filter((to) => mayMove(from, to)));

    expect(moves).toEqual([]);
  });

  it('can be cancelled from every state that is not an end', () => {
    const stuck = RunState.options.filter(
      (state) => !(finalRunStates as readonly RunState[]).includes(state) && !mayMove(state, 'cancelled'),
    );

    expect(stuck).toEqual([]);
  });

  it('can only succeed once an agent has it', () => {
    expect(mayMove('queued', 'succeeded')).toBe(false);
    expect(mayMove('transferring', 'succeeded')).toBe(true);
  });

  it('goes back to preflight when an agent takes an attempt up again', () => {
    expect(mayMove('transferring', 'preflight')).toBe(true);
    expect(mayMove('publishing', 'preflight')).toBe(true);
  });

  it('counts every state between dispatch and end as active', () => {
    expect(RunState.options.filter(isActiveRunState)).toEqual([...activeRunStates]);
  });
});

describe('archiveName', () => {
  it('is a time that can be a folder', () => {
    expect(archiveName(new Date('2026-11-23T01:02:03.456Z'))).toBe('2026-11-23T010203Z');
  });
});
