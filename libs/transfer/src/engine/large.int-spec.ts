import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, open, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GatedRemote } from '../testkit/gated-remote';
import { describeTree } from '../testkit/tree';
import { type Attempt, TestAgent } from '../testkit/whole-attempt';

jest.setTimeout(300_000);

const run = promisify(execFile);

const GIB = 1024 ** 3;

describe('a copy of what is large', () => {
  let remote: GatedRemote;
  let agent: TestAgent;
  let source: string;
  const attempt = (): Promise<Attempt> => agent.attempt({ sources: [source] });
  const copyOf = (path = ''): string => join(remote.planFolder, 'current', source, path);

  async function expectEqual(): Promise<void> {
    expect(await describeTree(copyOf())).toEqual(await describeTree(source));
  }

  /** Names and contents alone, for many files. */
  async function expectSameContent(): Promise<void> {
    expect((await run('diff', ['-r', '--no-dereference', source, copyOf()])).stdout).toBe('');
  }

  beforeEach(async () => {
    remote = await GatedRemote.start();
    await remote.keepConnection();
    agent = new TestAgent(remote);
    source = join(remote.temp.path, 'ann');
    await mkdir(source);
  });
  afterEach(() => remote.stop());

  it('takes a folder with 50,000 names, and finds the few that change in it', async () => {
    mkdirSync(join(source, 'crowded'));
    for (let at = 0; at < 50_000; at += 1) writeFileSync(join(source, 'crowded', `file ${at}`), `${at % 7}`);
    const first = await attempt();
    expect(first).toMatchObject({ strategy: 'full', outcome: { result: 'complete' } });
    expect(first.stats).toMatchObject({ filesTransferred: 50_000 });
    await expectSameContent();

    await writeFile(join(source, 'crowded/file 4711'), 'changed');
    await rm(join(source, 'crowded/file 42'));
    await writeFile(join(source, 'crowded/new'), 'new');
    const second = await attempt();
    expect(second).toMatchObject({ strategy: 'quick', outcome: { result: 'complete' } });
    expect(second.stats).toMatchObject({ filesTransferred: 2, filesDeleted: 1 });
    await expectSameContent();
  });

  it('takes a file of more than 4 GiB with holes, to the last byte, and a change at its end', async () => {
    const path = join(source, 'image');
    await writeFile(path, 'begin');
    await truncate(path, 4 * GIB + 1);
    await writeAt(path, 2 * GIB + 3, 'across 2^31');
    await writeAt(path, 4 * GIB - 2, 'across 2^32');
    expect((await attempt()).outcome.result).toBe('complete');
    expect((await stat(copyOf('image'))).size).toBe((await stat(path)).size);
    for (const at of [0, 2 * GIB, 4 * GIB - 8])
      expect(await readAt(copyOf('image'), at)).toEqual(await readAt(path, at));

    await writeAt(path, 4 * GIB + 5, 'appended');
    const second = await attempt();
    expect(second).toMatchObject({ strategy: 'quick', outcome: { result: 'complete' } });
    expect(second.stats?.bytesSent).toBeLessThan(8_000_000);
    expect(await readAt(copyOf('image'), 4 * GIB - 8)).toEqual(await readAt(path, 4 * GIB - 8));
  });

  it('takes a thousand folders in each other', async () => {
    const deep = join(source, ...Array.from({ length: 1_000 }, () => 'in'));
    await mkdir(deep, { recursive: true });
    await writeFile(join(deep, 'at the bottom'), 'deep');
    const first = await attempt();
    expect(first).toMatchObject({ outcome: { result: 'complete' } });
    expect((await stat(join(copyOf(), deep.slice(source.length), 'at the bottom'))).size).toBe(4);
    await expectEqual();

    await writeFile(join(deep, 'new'), 'new');
    expect(await attempt()).toMatchObject({ strategy: 'quick', outcome: { result: 'complete' } });
    await expectEqual();
  });
});

async function writeAt(path: string, at: number, text: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.write(text, at);
  } finally {
    await file.close();
  }
}

async function readAt(path: string, at: number): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, at);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
