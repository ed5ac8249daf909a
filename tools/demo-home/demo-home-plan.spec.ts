import { splitBytes } from './byte-path';
import { planDemoHome } from './make-demo-home';
import { Random } from './random';

const plan = (seed: string, files = 3200, bytes = 210_000_000) =>
  planDemoHome(new Random(seed), '/home/sam', files, bytes);
const isFileName = ({ type }: { type: string }) => type === 'file' || type === 'hard-link';

describe('planDemoHome', () => {
  it('has exactly the wanted number of file names and bytes', () => {
    for (const [files, bytes] of [
      [3200, 210_000_000],
      [250, 1_000_000],
    ] as const) {
      const entries = plan('a', files, bytes);
      expect(entries.filter(isFileName)).toHaveLength(files);
      expect(entries.reduce((sum, entry) => sum + (entry.type === 'file' ? entry.size : 0), 0)).toBe(bytes);
      expect(Math.min(...entries.map((entry) => (entry.type === 'file' ? entry.size : 0)))).toBe(0);
    }
  });

  it('is the same for the same seed and another for another', () => {
    expect(plan('a')).toEqual(plan('a'));
    expect(plan('a')).not.toEqual(plan('b'));
  });

  it('plans no path twice and no name longer than a file system takes', () => {
    const paths = plan('a').map(({ path }) => path.toString('latin1'));
    expect(new Set(paths).size).toBe(paths.length);
    expect(plan('a').filter(({ path }) => splitBytes(path).name.length > 255)).toEqual([]);
  });

  it('holds every kind of difficulty', () => {
    const entries = plan('a');
    const names = entries.map(({ path }) => splitBytes(path).name);
    const has = (test: (name: string) => boolean) => names.some((name) => test(name.toString('latin1')));
    expect(has((name) => name.includes('\n'))).toBe(true);
    expect(has((name) => name.startsWith('-'))).toBe(true);
    expect(has((name) => name.startsWith('#'))).toBe(true);
    expect(has((name) => name.startsWith(';'))).toBe(true);
    expect(has((name) => name.includes('\\') && !name.includes('\n'))).toBe(true);
    expect(has((name) => name.includes('"'))).toBe(true);
    expect(has((name) => name === '$(touch pwned)')).toBe(true);
    expect(names.some((name) => name.length === 255)).toBe(true);
    expect(names.some((name) => !Buffer.from(name.toString()).equals(name))).toBe(true);
    const both = ['Café.txt', 'Café.txt'.normalize('NFD')];
    expect(names.filter((name) => both.includes(name.toString()))).toHaveLength(2);
    expect(entries.some((entry) => entry.type === 'file' && entry.mode === 0o4755)).toBe(true);
    expect(entries.some((entry) => entry.type === 'folder' && entry.mode === 0o1777)).toBe(true);
    expect(
      entries.some((entry) => entry.type === 'file' && (entry.mtime?.nanoseconds ?? 0) % 1000 !== 0),
    ).toBe(true);
    expect(entries.filter((entry) => entry.type === 'hard-link').length).toBeGreaterThan(5);
    expect(entries.filter((entry) => entry.type === 'symlink').length).toBeGreaterThan(10);
  });
});
