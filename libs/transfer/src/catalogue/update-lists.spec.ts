import type { ReportedChange } from './scan-messages';
import { buildUpdateLists, reasonAgainstLists, type UpdateLists } from './update-lists';

const FILE = 0o100644;
const FOLDER = 0o40755;

function lists(
  changes: readonly ReportedChange[],
  { isShared = false, links = [] as readonly string[], deletedBelow = 0 } = {},
): UpdateLists {
  return buildUpdateLists({ changes, links: new Map([['1:2', links]]), deletedBelow }, isShared);
}

describe('the lists of a quick update', () => {
  it('name what changed, and the folder above it, whose time the receiver would change', () => {
    expect(lists([['changed', 'home/a/file', FILE, 5]])).toEqual({
      deleted: [],
      replaced: [],
      update: ['home/a/file', 'home/a'],
      compare: [],
      deletions: 0,
      bytes: 5,
    });
  });

  it('keep apart what only its content can clear', () => {
    const result = lists([
      ['suspect', 'home/a', FILE, 5],
      ['new', 'home/b', FILE, 7],
    ]);

    expect(result).toMatchObject({ compare: ['home/a', 'home'], update: ['home/b', 'home'], bytes: 12 });
  });

  it('count what lay in deleted folders, and name only what is on top', () => {
    expect(lists([['deleted', 'home/folder', FOLDER, 0]], { deletedBelow: 41 })).toMatchObject({
      deleted: ['home/folder'],
      update: ['home'],
      deletions: 42,
    });
  });

  it('make an entry of another kind anew', () => {
    expect(lists([['retyped', 'home/a', FOLDER, 0]])).toMatchObject({
      replaced: ['home/a'],
      update: ['home/a'],
    });
  });

  it('ask for all names of a folder with a slash at its end', () => {
    expect(lists([['unlisted', 'home/a', FOLDER, 0]]).update).toEqual(['home/a/']);
  });

  it('name a file that has several names by all of them', () => {
    const links = ['home/one', 'home/other', 'far/third'];
    expect([...lists([['new', 'far/third', FILE, 5]], { links }).update].sort()).toEqual([
      'far',
      'far/third',
      'home',
      'home/one',
      'home/other',
    ]);
  });

  it('compare all names by content as soon as one has to be', () => {
    const links = ['home/one', 'home/other'];
    const result = lists(
      [
        ['suspect', 'home/one', FILE, 5],
        ['new', 'home/other', FILE, 5],
      ],
      { links },
    );

    expect(result.update).toEqual(['home']);
    expect([...result.compare].sort()).toEqual(['home', 'home/one', 'home/other']);
  });

  it('leave names alone that share nothing with a change', () => {
    expect(lists([['new', 'home/x', FILE, 1]], { links: ['home/one', 'home/other'] }).update).toEqual([
      'home/x',
      'home',
    ]);
  });

  it('change nothing in place that a published snapshot shares', () => {
    const result = lists(
      [
        ['changed', 'home/a', FILE, 5],
        ['suspect', 'home/b', FILE, 5],
        ['changed', 'home/folder', FOLDER, 0],
        ['new', 'home/c', FILE, 5],
      ],
      { isShared: true, links: ['home/c', 'home/old name'] },
    );

    expect([...result.replaced].sort()).toEqual(['home/a', 'home/b', 'home/c', 'home/old name']);
  });

  it('speak against themselves when a tenth of everything is on them', () => {
    const many = Array.from({ length: 3000 }, (_, at): ReportedChange => ['changed', `home/${at}`, FILE, 1]);

    expect(reasonAgainstLists(lists(many), 20_000)).toContain('3001 of 20000');
    expect(reasonAgainstLists(lists(many), 40_000)).toBeNull();
    expect(reasonAgainstLists(lists(many.slice(0, 500)), 600)).toBeNull();
  });
});
