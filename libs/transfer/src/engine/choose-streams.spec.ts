import { chooseStreams, shareOut } from './choose-streams';

const large = [200e6, 200e6, 200e6, 200e6, 200e6];
const far = { roundTripMs: 100 };

describe('the number of connections', () => {
  it('is four for much data over a far line', () => {
    expect(chooseStreams('auto', far, large)).toMatchObject({ streams: 4 });
  });

  it.each([
    ['the remote is near', { roundTripMs: 2 }, large],
    ['there is little to send', far, [20e6, 20e6]],
    ['there is one file only', far, [900e6]],
    ['the line was not measured', null, large],
  ])('is one when %s', (_why, link, files) => {
    expect(chooseStreams('auto', link, files).streams).toBe(1);
  });

  it('is what the plan says, but never more than there are files', () => {
    expect(chooseStreams(3, null, large).streams).toBe(3);
    expect(chooseStreams(8, far, [5e6, 5e6]).streams).toBe(2);
    expect(chooseStreams(1, far, large).streams).toBe(1);
  });
});

describe('sharing files out', () => {
  it('gives every file to exactly one, and about as much to each', () => {
    const files = [900, 400, 300, 300, 200, 100].map((size, at) => [`file ${at}`, size] as const);
    const shares = shareOut(files, 3);
    const sizeOf = (path: string): number => files.find(([name]) => name === path)?.[1] ?? 0;
    const loads = shares.map((paths) => paths.reduce((sum, path) => sum + sizeOf(path), 0));

    expect(shares.flat().sort()).toEqual(files.map(([path]) => path).sort());
    expect(Math.max(...loads)).toBe(900);
    expect(Math.min(...loads)).toBeGreaterThanOrEqual(600);
  });
});
