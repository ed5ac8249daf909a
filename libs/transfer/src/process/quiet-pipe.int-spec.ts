import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempFolder, type TempFolder, waitFor } from '@fleetclone/testing';
import { LineSplitter } from './line-splitter';
import { QuietPipe } from './quiet-pipe';

jest.setTimeout(30_000);

const LINES = 50_000;
const PIPE_BYTES = 64 * 1024;
// One line at a time, as rsync writes them.
const count = (end: string): string =>
  `i=0; while [ $i -lt ${LINES} ]; do echo "line $i"; i=$((i+1)); done; ${end}`;

describe('a quiet pipe', () => {
  let temp: TempFolder;
  const pipes: QuietPipe[] = [];
  beforeEach(async () => (temp = await makeTempFolder('pipe')));
  afterEach(async () => {
    for (const pipe of pipes.splice(0)) pipe.finish();
    await temp.remove();
  });

  async function start(script: string): Promise<{ readonly pipe: QuietPipe; readonly child: ChildProcess }> {
    const pipe = await QuietPipe.open(temp.path);
    pipes.push(pipe);
    const child = spawn('/bin/sh', ['-c', script], {
      cwd: temp.path,
      stdio: ['ignore', pipe.writeEnd, 'ignore'],
    });
    pipe.closeWriteEnd();
    return { pipe, child };
  }

  /** Reads until the program has ended; gives its lines. */
  async function readAll({ pipe, child }: Awaited<ReturnType<typeof start>>): Promise<readonly string[]> {
    const lines: string[] = [];
    const splitter = new LineSplitter((line) => lines.push(line.toString('latin1')));
    const closed = once(child, 'close');
    pipe.start((chunk) => splitter.write(chunk));
    await closed;
    pipe.finish();
    splitter.end();
    return lines;
  }

  it('gives every line in its order, and leaves no name behind', async () => {
    const lines = await readAll(await start(count(':')));

    expect(lines.length).toBe(LINES);
    expect(lines.findIndex((line, at) => line !== `line ${at}`)).toBe(-1);
    expect(await readdir(temp.path)).toEqual([]);
  });

  it('gives what was written right before the end, with or without a line end', async () => {
    expect(await readAll(await start('echo first; sleep 0.3; printf "last\\nwords"'))).toEqual([
      'first',
      'last',
      'words',
    ]);
    expect(await readAll(await start(':'))).toEqual([]);
  });

  it('lets the writer wait when nobody reads, and takes no more than a pipe holds', async () => {
    const started = await start(
      `head -c 1000 /dev/zero | tr '\\0' x >block; i=0; while [ $i -lt 500 ]; do cat block; i=$((i+1)); echo $i >progress; done`,
    );
    const progress = async (): Promise<number> => Number(await readFile(join(temp.path, 'progress'), 'utf8'));
    await waitFor('the pipe to be full', async () => {
      const before = await progress();
      return before > 30 && (await staysAt(before, progress));
    });
    expect((await progress()) * 1000).toBeLessThanOrEqual(PIPE_BYTES);
    expect(started.child.exitCode).toBeNull();

    const lines = await readAll(started);
    expect(lines).toEqual(['x'.repeat(PIPE_BYTES)]); // cut by the splitter, as one line without end
    expect(await progress()).toBe(500);
  });

  it('is handed on in pieces of bounded size', async () => {
    const { pipe, child } = await start('head -c 3000000 /dev/zero');
    let bytes = 0;
    let largest = 0;
    const closed = once(child, 'close');
    pipe.start((chunk) => {
      bytes += chunk.length;
      largest = Math.max(largest, chunk.length);
    });
    await closed;
    pipe.finish();

    expect(bytes).toBe(3_000_000);
    expect(largest).toBeLessThanOrEqual(PIPE_BYTES);
  });

  it('gives what a program wrote before it was killed', async () => {
    const started = await start('echo one; echo two; : >ready; while :; do sleep 0.05; done');
    await waitFor('the program to have written', () => stat(join(temp.path, 'ready')));
    started.child.kill('SIGKILL');

    expect(await readAll(started)).toEqual(['one', 'two']);
  });

  it('may be finished twice, and gives nothing afterwards', async () => {
    const { pipe, child } = await start('echo one');
    const heard = jest.fn();
    await once(child, 'close');
    pipe.start(heard);
    pipe.finish();
    pipe.finish();

    expect(heard).toHaveBeenCalledTimes(1);
  });

  it('does not mind the name that a killed agent left', async () => {
    await writeFile(join(temp.path, 'output.pipe'), 'left over');

    expect(await readAll(await start('echo one'))).toEqual(['one']);
    expect(await readdir(temp.path)).toEqual([]);
  });
});

/** Whether the value stays for twenty looks. */
async function staysAt(value: number, look: () => Promise<number>): Promise<boolean> {
  for (let looks = 0; looks < 20; looks += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    if ((await look()) !== value) return false;
  }
  return true;
}
