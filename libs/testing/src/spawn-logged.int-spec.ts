import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { listProcesses } from './process-table';
import { ProgramFailedError, spawnLogged } from './spawn-logged';
import { makeTempFolder } from './temp-folder';
import { waitFor } from './wait-for';

const node = (script: string, ...args: string[]) => spawnLogged(process.execPath, ['-e', script, ...args]);
const isAlive = async (pid: number) => (await listProcesses()).some((row) => row.pid === pid);

describe('spawnLogged', () => {
  it('tells how a program ended and what it wrote', async () => {
    const program = await node('console.log("out"); console.error("err"); process.exitCode = 3');
    await program.waitForOutput(/err/);
    await expect(program.exited).resolves.toEqual({ code: 3, signal: null });
    expect(program.output()).toContain('out');
    await expect(program.stop()).resolves.toMatchObject({ code: 3, killed: 0 });
  });

  it('keeps only the tail of a flood', async () => {
    const program = await spawnLogged(
      process.execPath,
      ['-e', 'process.stdout.write("x".repeat(3e6)); process.stdout.write("end\\n")'],
      { outputLimitBytes: 1000 },
    );
    await program.waitForOutput(/end\n$/);
    expect(program.output()).toHaveLength(1000);
    await program.stop();
  });

  it('passes input and closes it', async () => {
    const program = await spawnLogged('cat', [], { input: 'one line\n' });
    await program.waitForOutput(/one line/);
    await expect(program.exited).resolves.toEqual({ code: 0, signal: null });
    await program.stop();
  });

  it('says at once when the program ends without the wanted output', async () => {
    const program = await node('console.error("no port"); process.exitCode = 1');
    const failure = program.waitForOutput(/ready/, { timeoutMs: 60_000 });
    await expect(failure).rejects.toThrow(ProgramFailedError);
    await expect(failure).rejects.toThrow(/ended \(code 1\):\nno port/);
    await program.stop();
  });

  it('says when there is no such program', async () => {
    await expect(spawnLogged('/nonexistent/program', [])).rejects.toThrow(ProgramFailedError);
  });

  it('stops politely when the program listens', async () => {
    const program = await node(
      'process.on("SIGTERM", () => process.exit(7)); setInterval(() => {}, 1e6); console.log("up")',
    );
    await program.waitForOutput(/up/);
    await expect(program.stop()).resolves.toEqual({ code: 7, signal: null, killed: 0 });
  });

  it('kills a program that will not go, and its descendants in other process groups', async () => {
    const program = await node(`
      process.on('SIGTERM', () => {});
      const child = require('node:child_process').spawn('sleep', ['1000'], { detached: true, stdio: 'inherit' });
      console.log('child ' + child.pid);
      setInterval(() => {}, 1e6);`);
    const child = Number((await program.waitForOutput(/child (\d+)/))[1]);
    await expect(program.stop({ graceMs: 200 })).resolves.toEqual({
      code: null,
      signal: 'SIGKILL',
      killed: 2,
    });
    await expect(isAlive(child)).resolves.toBe(false);
  });

  it('ends what a crashed program left behind in its group', async () => {
    const program = await node(`
      const child = require('node:child_process').spawn('sleep', ['1000'], { stdio: 'inherit' });
      console.log('child ' + child.pid);
      setInterval(() => {}, 1e6);`);
    const child = Number((await program.waitForOutput(/child (\d+)/))[1]);
    await expect(program.kill9()).resolves.toEqual({ code: null, signal: 'SIGKILL' });
    await expect(isAlive(child)).resolves.toBe(true);
    await program.stop();
    await expect(isAlive(child)).resolves.toBe(false);
  });
});

describe('the guardian', () => {
  it('kills programs and removes folders of an owner that was killed itself', async () => {
    const temp = await makeTempFolder('spec');
    const owner = join(temp.path, 'owner.cjs');
    await bundleOwner(owner);
    const tmpdir = join(temp.path, 'tmp');
    await mkdir(tmpdir);

    const program = await spawnLogged(process.execPath, [owner], { env: { ...process.env, TMPDIR: tmpdir } });
    const [, folder = '', child] = await program.waitForOutput(/folder (\S+) child (\d+)/);
    expect(existsSync(join(folder, 'kept'))).toBe(true);
    await program.kill9();

    await waitFor('the child to be killed', async () => !(await isAlive(Number(child))));
    await waitFor('the folder to be removed', () => !existsSync(folder));
    await program.stop();
    await temp.remove();
  });

  it('does not touch what was released, nor outlive its use', async () => {
    const temp = await makeTempFolder('spec');
    const kept = join(temp.path, 'kept');
    const owner = join(temp.path, 'owner.cjs');
    await bundleOwner(owner);
    const env = { ...process.env, RELEASE: '1', TMPDIR: temp.path };

    const program = await spawnLogged(process.execPath, [owner], { env });
    const [, folder = ''] = await program.waitForOutput(/folder (\S+) released/);
    await writeFile(kept, '');
    await expect(program.exited).resolves.toEqual({ code: 0, signal: null });

    expect(existsSync(folder)).toBe(false);
    expect(existsSync(kept)).toBe(true);
    await expect(program.stop()).resolves.toMatchObject({ killed: 0 });
    await temp.remove();
  });
});

/** A program that starts a child in a group of its own through this library, and says so. */
async function bundleOwner(outfile: string): Promise<void> {
  await build({
    stdin: {
      contents: `
        import { writeFileSync } from 'node:fs';
        import { spawnLogged } from './spawn-logged';
        import { makeTempFolder } from './temp-folder';
        void (async () => {
          const temp = await makeTempFolder('guarded');
          writeFileSync(temp.path + '/kept', 'x');
          const child = await spawnLogged('sleep', ['1000']);
          if (process.env.RELEASE) {
            await child.stop();
            await temp.remove();
            process.stdout.write('folder ' + temp.path + ' released\\n');
          } else {
            process.stdout.write('folder ' + temp.path + ' child ' + child.pid + '\\n');
          }
        })();`,
      resolveDir: __dirname,
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    outfile,
    loader: { '.sh': 'text' },
    logLevel: 'error',
  });
}
