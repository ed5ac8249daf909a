import { existsSync, realpathSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listRsyncsToTest } from '../testkit/rsyncs-to-test';
import { ShellRemote } from '../testkit/shell-remote';
import { type DetectedRsync, detectRsync } from './detect-rsync';

jest.setTimeout(120_000);

/** Several to a path, so that one transfer tries them all; beside each lies what a careless shell would take instead. */
const PATHS = [
  ['$(touch pwned)', '`touch pwned`', "it's", 'say "x"'],
  ['*', 'star*', '[ab]', '?', 'st\\*r'],
  [' blanks  at all places ', '-rf', '--delete', '--'],
  ['~', '~root', '$HOME', '${PATH}', '!!'],
  ['; touch pwned ;', '& touch pwned &', '| touch pwned', '> pwned'],
  ['ünïcödé', 'cafe\u0301', '深い', '🦊', '\u202etxt.exe'],
  ['{a,b}', '#hash', '=ls', '%41', 'a:b::c', 'tab\there', 'carriage\rreturn', 'bell\u0007'],
  ['back\\slash', '\\', '\\\\ \\$x', "''", '""', "'\\''"],
] as const;

const DECOYS: Readonly<Record<string, string>> = {
  '*': 'any',
  'star*': 'starfish',
  '[ab]': 'a',
  '?': 'q',
  'st\\*r': 'star',
};

const SHELLS = ['/bin/sh', '/bin/bash', '/bin/dash', '/bin/zsh', '/bin/ksh', '/bin/busybox sh'];
const otherShells = SHELLS.slice(1).filter((shell) => {
  const [program = ''] = shell.split(' ');
  return existsSync(program) && realpathSync(program) !== realpathSync('/bin/sh');
});

let packaged: DetectedRsync;
beforeAll(async () => {
  packaged = await detectRsync();
});

describe.each(listRsyncsToTest())('a folder with an odd name, to $name', ({ read }) => {
  let remote: ShellRemote;
  let local: DetectedRsync;
  beforeAll(async () => {
    [remote, local] = await Promise.all([ShellRemote.start(), read()]);
  });
  afterAll(() => remote.stop());

  it('is exactly the one that is written to, and nothing is run', () => pushToEach(remote, local));

  it('is exactly the one that is read from, and nothing is run', async () => {
    for (const [index, parts] of PATHS.entries()) {
      const readable = parts.filter((part) => !part.includes('\r'));
      const source = await plant(remote, `pull ${index}`, [...readable, 'last']);
      await writeFile(join(source, 'file'), `content ${index}`);
      const folder = join(remote.temp.path, `pulled ${index}`);
      await mkdir(folder);
      const result = await remote.transfer({
        local,
        far: packaged,
        direction: 'pull',
        folder,
        sources: [source],
      });

      expect([parts, result.exitCode, result.stderrTail]).toEqual([parts, 0, '']);
      expect(await filesBelow(folder)).toEqual([join(folder, 'current', source, 'file')]);
      expect(await readdir(remote.home)).toEqual([]);
    }
  });

  it('may be one of several that are read from at once', async () => {
    const sources = [
      await plant(remote, 'two', ["one's $(touch pwned)", 'one']),
      await plant(remote, 'two', ['*', 'other']),
    ];
    for (const source of sources) await writeFile(join(source, 'file'), source);
    const folder = join(remote.temp.path, 'pulled two');
    await mkdir(folder);
    const result = await remote.transfer({ local, far: packaged, direction: 'pull', folder, sources });

    expect([result.exitCode, result.stderrTail]).toEqual([0, '']);
    expect(await filesBelow(folder)).toEqual(
      sources.map((source) => join(folder, 'current', source, 'file')).sort(),
    );
    expect(await readdir(remote.home)).toEqual([]);
  });
});

it.each(otherShells)(
  'a folder with an odd name is written to by way of %s, and nothing is run',
  async (shell) => {
    const remote = await ShellRemote.start(shell);
    try {
      await pushToEach(remote, packaged);
    } finally {
      await remote.stop();
    }
  },
);

async function pushToEach(remote: ShellRemote, local: DetectedRsync): Promise<void> {
  const source = join(remote.temp.path, 'source');
  await mkdir(source, { recursive: true });
  for (const [index, parts] of PATHS.entries()) {
    const folder = await plant(remote, `push ${index}`, parts);
    // The second time the folder is there and so could be matched by a wildcard.
    const contents = parts.some((part) => part in DECOYS) ? ['content', 'another content'] : ['content'];
    for (const content of contents) {
      await writeFile(join(source, 'file'), content);
      const result = await remote.transfer({
        local,
        far: packaged,
        direction: 'push',
        folder,
        sources: [source],
      });

      expect([parts, result.exitCode, result.stderrTail]).toEqual([parts, 0, '']);
      expect(await readFile(join(folder, 'current', source, 'file'), 'utf8')).toBe(content);
    }
    expect(await filesBelow(join(remote.temp.path, `push ${index}`))).toHaveLength(contents.length);
    expect(await readdir(remote.home)).toEqual([]);
  }
}

async function plant(remote: ShellRemote, name: string, parts: readonly string[]): Promise<string> {
  let folder = join(remote.temp.path, name);
  for (const part of parts) {
    await mkdir(join(folder, part), { recursive: true });
    const decoy = DECOYS[part];
    if (decoy !== undefined) await mkdir(join(folder, decoy, 'current'), { recursive: true });
    folder = join(folder, part);
  }
  return folder;
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
