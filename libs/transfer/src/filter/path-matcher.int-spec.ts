import { execFile } from 'node:child_process';
import { lstat, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { makeTempFolder, type TempFolder } from '@fleetclone/testing';
import fc from 'fast-check';
import { detectRsync } from '../rsync/detect-rsync';
import { decodeRsyncName } from '../rsync/rsync-name';
import { writeFilterFile } from './filter-file';
import { type FilterRule, patternOfPath } from './filter-rule';
import { createPathMatcher } from './path-matcher';

jest.setTimeout(60_000);

const run = promisify(execFile);
/** Names made of what patterns are made of, and such as are not UTF-8. */
const NAMES: readonly Buffer[] = [
  ...[
    'a',
    'b',
    'ab',
    'aab',
    'A',
    'a.b',
    '.a',
    '-',
    '*',
    '**',
    '?',
    '[',
    ']',
    '[ab]',
    '[!a]',
    'a\\',
    '\\*',
    '^',
  ],
  ...['!', ':', 'a b', ' a', '#a', '- a', 'a\nb', 'a*b', 'é', '5', 'x', 'Caches', '\u0001'],
  ...[[0xff], [0x61, 0xfe]],
].map((name) => Buffer.from(name));

interface Entry {
  /** Absolute, one character per byte. */
  readonly path: string;
  readonly isFolder: boolean;
}

describe("a filter's verdict", () => {
  let temp: TempFolder;
  let binary: string;
  let roots: readonly string[];
  let entries: readonly Entry[];

  beforeAll(async () => {
    temp = await makeTempFolder('filter');
    ({ binary } = await detectRsync());
    roots = [join(temp.path, 'in/one'), join(temp.path, 'in/a/two'), join(temp.path, 'in/a/[b]*')];
    await plantTree(roots);
    entries = await listTree(Buffer.from(join(temp.path, 'in')));
  });
  afterAll(() => temp.remove());

  /** What rsync would send, with our own words for a path. */
  async function askRsync(
    rules: readonly FilterRule[],
    of: readonly string[] = roots,
  ): Promise<ReadonlySet<string>> {
    const file = await writeFilterFile(temp.path, rules, of);
    const { stdout } = await run(
      binary,
      [
        ...['-a', '--relative', '--no-inc-recursive', '--dry-run', '-8', '--out-format=%n', '--from0'],
        ...[`--filter=merge ${file}`, '--', ...of, join(temp.path, 'nowhere/')],
      ],
      { encoding: 'latin1', maxBuffer: 1e8, env: { LC_ALL: 'C' } },
    );
    const names = stdout.split('\n').filter((line) => line !== '' && !line.startsWith('created directory'));
    return new Set(names.map((name) => clean(decodeRsyncName(name).bytes.toString('latin1'))));
  }

  async function expectSame(rules: readonly FilterRule[]): Promise<void> {
    const sent = await askRsync(rules);
    const isLeftOut = createPathMatcher(rules, roots);
    const wrong = entries.filter(({ path, isFolder }) => isLeftOut(path, isFolder) === sent.has(clean(path)));

    expect({ rules, wrong: wrong.map(({ path }) => path) }).toEqual({ rules, wrong: [] });
  }

  it("is rsync's own, whatever the rules", async () => {
    const rules = fc.array(ruleOf(entries), { minLength: 1, maxLength: 20, size: 'max' });
    await fc.assert(
      fc.asyncProperty(rules, (some) => expectSame(some)),
      { numRuns: 160 },
    );
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ['a name anywhere', ['- ab'], ['one/ab', 'one/d/ab', 'one/d/e/ab']],
    ['a folder only', ['- ab/'], ['one/d/ab']],
    ['names up to a slash', ['- d/a*'], ['one/d/ab']],
    ['a path at its end', ['- e/ab'], ['one/d/e/ab']],
    ['no part of a name', ['- b'], []],
    ['from the top', ['- /ROOT/d'], ['one/d']],
    ['from the top, where nothing is', ['- /d'], []],
    ['any depth', ['- /ROOT/**/ab'], ['one/d/ab', 'one/d/e/ab']],
    ['any depth from the very start', ['- **/ab'], ['one/ab', 'one/d/ab', 'one/d/e/ab']],
    ['what is in a folder', ['- d/**'], ['one/d/ab', 'one/d/e']],
    ['a folder and what is in it', ['- d/***'], ['one/d']],
    ['one name of any kind', ['- /ROOT/d/*'], ['one/d/ab', 'one/d/e']],
    ['an include first', ['+ /ROOT/d/ab/', '- ab'], ['one/ab', 'one/d/ab/ab', 'one/d/e/ab']],
    ['an include too late', ['- ab', '+ /ROOT/ab'], ['one/ab', 'one/d/ab', 'one/d/e/ab']],
    ['an include below what is left out', ['+ /ROOT/d/e/ab', '- d'], ['one/d']],
    ['all but what is included', ['+ */', '+ ab', '- *'], ['one/[x]', 'one/a\\b', 'one/é']],
    ['brackets as they are', ['- \\[x\\]*'], ['one/[x]']],
    ['brackets as a class', ['- [x]'], []],
    ['a backslash without a wildcard', ['- a\\b'], ['one/a\\b']],
    ['a backslash beside a wildcard', ['- a\\b*'], ['one/ab', 'one/d/ab', 'one/d/e/ab']],
    ['a byte, not a character', ['- ?'], ['one/d']],
    ['two bytes of one character', ['- ??'], ['one/ab', 'one/d/ab', 'one/d/e/ab', 'one/é']],
    ['letters of the C locale', ['- [[:alpha:]]*'], ['one/a\\b', 'one/ab', 'one/d']],
    ['a class that has no end', ['- [a'], []],
    ['the root itself', ['- one', '- /ROOT', '- /**'], ['one/[x]', 'one/a\\b', 'one/ab', 'one/d', 'one/é']],
    ['what only the other end minds', ['P ab'], []],
  ])('%s', async (_, written, leftOut) => {
    const tree = join(temp.path, 'table');
    await plantTable(tree);
    const root = join(tree, 'one');
    const rules = written.map((line) => ruleOfLine(line.replace('/ROOT', root)));
    const isLeftOut = createPathMatcher(rules, [root]);
    const all = await listTree(Buffer.from(tree));
    const outermost = all
      .filter(({ path, isFolder }) => isLeftOut(path, isFolder) && !isLeftOut(dirname(path), true))
      .map(({ path }) => Buffer.from(path, 'latin1').toString());
    const sent = await askRsync(rules, [root]);

    // What rsync sends is all the rest.
    expect(all.filter(({ path, isFolder }) => !isLeftOut(path, isFolder) !== sent.has(clean(path)))).toEqual(
      [],
    );
    expect(new Set(outermost)).toEqual(new Set(leftOut.map((name) => join(tree, name))));
  });
});

function ruleOfLine(line: string): FilterRule {
  const kind = ({ '+': 'include', '-': 'exclude', P: 'protect' } as const)[line.charAt(0)];
  if (kind === undefined) throw new Error(`no such rule: ${line}`);
  return { kind, pattern: line.slice(2) };
}

async function plantTable(tree: string): Promise<void> {
  await mkdir(join(tree, 'one/d/ab'), { recursive: true });
  await mkdir(join(tree, 'one/d/e'), { recursive: true });
  for (const name of ['ab', '[x]', 'a\\b', 'é', 'd/ab/ab', 'd/e/ab'])
    await writeFile(join(tree, 'one', name), '');
}

/** Without slashes at the ends. */
const clean = (path: string): string => path.replace(/^\/|\/$/g, '');

async function plantTree(roots: readonly string[]): Promise<void> {
  for (const [place, root] of roots.entries()) {
    await mkdir(root, { recursive: true });
    for (const [index, name] of NAMES.entries()) {
      const path = Buffer.concat([Buffer.from(`${root}/`), name]);
      if ((index + place) % 3 !== 0) {
        await writeFile(path, '');
        continue;
      }
      await mkdir(path);
      for (const inner of NAMES.slice((index * 7 + place) % 20, ((index * 7 + place) % 20) + 6)) {
        const below = Buffer.concat([path, Buffer.from('/'), inner]);
        if (inner.length % 2 === 0) await writeFile(below, '');
        else {
          await mkdir(below);
          await writeFile(Buffer.concat([below, Buffer.from('/ab')]), '');
          await symlink('ab', Buffer.concat([below, Buffer.from('/a')]));
        }
      }
    }
  }
}

async function listTree(folder: Buffer): Promise<readonly Entry[]> {
  const found: Entry[] = [];
  for (const name of await readdir(folder, { encoding: 'buffer' })) {
    const path = Buffer.concat([folder, Buffer.from('/'), name]);
    const isFolder = (await lstat(path)).isDirectory();
    found.push({ path: path.toString('latin1'), isFolder });
    if (isFolder) found.push(...(await listTree(path)));
  }
  return found;
}

const PIECES = [
  ...['a', 'b', 'ab', 'A', '.', '-', ' ', '5', 'é', '!', '^', ':', 'one', 'two', 'in'],
  ...[
    '*',
    '**',
    '***',
    '?',
    '/',
    '/',
    '//',
    '\\',
    '\\\\',
    '\\*',
    '\\[',
    '\\]',
    '[',
    ']',
    '[ab]',
    '[!a]',
    '[^a]',
  ],
  ...[
    '[a-b]',
    '[]]',
    '[]-a]',
    '[!]]',
    '[[:alpha:]]',
    '[![:alnum:]]',
    '[[:upper:]a]',
    '[[:punct:]]',
    '[[:nope:]]',
  ],
  ...[
    '[[:space:]]',
    '[[:]',
    '[[::]]',
    '[[:a]',
    '[\\]]',
    '[a\\-b]',
    '[-a]',
    '[a-]',
    '[b-a]',
    '[/]',
    '[a/b]',
    '[\\',
    '[*]',
  ],
];

const ANY_PATTERN = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 7, size: 'max' })
  .map((pieces) => pieces.join(''));

/** The name of something that is there, blurred: most of these match, and many only just do not. */
function nearPattern(entries: readonly Entry[]): fc.Arbitrary<string> {
  const inUtf8 = entries.map(({ path }) => Buffer.from(path, 'latin1').toString());
  return fc
    .record({
      path: fc.constantFrom(...inUtf8.filter((path) => !path.includes('\ufffd'))),
      isLiteral: fc.boolean(),
      names: fc.option(fc.integer({ min: 1, max: 4 }), { nil: null }),
      blurs: fc.array(
        fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(...PIECES), fc.boolean()),
        {
          maxLength: 3,
          size: 'max',
        },
      ),
      end: fc.constantFrom('', '', '/', '/*', '/**', '/***'),
    })
    .map(({ path, isLiteral, names, blurs, end }) => {
      const whole = isLiteral ? path : patternOfPath(path);
      let text = names === null ? whole : whole.split('/').slice(-names).join('/');
      for (const [place, piece, isInserted] of blurs) {
        const at = Math.floor(place * text.length);
        text = text.slice(0, at) + piece + text.slice(at + (isInserted ? 0 : 1));
      }
      return text + end;
    });
}

function ruleOf(entries: readonly Entry[]): fc.Arbitrary<FilterRule> {
  return fc.record({
    kind: fc.constantFrom('include', 'exclude', 'exclude', 'exclude', 'protect'),
    pattern: fc.oneof(ANY_PATTERN, nearPattern(entries)).filter((pattern) => pattern !== ''),
  });
}
