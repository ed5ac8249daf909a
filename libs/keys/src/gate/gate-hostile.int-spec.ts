import { chmod, lstat, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { GateFixture } from '../testkit/gate-fixture';
import { hostileCommands, NAMED_PROGRAMS } from '../testkit/hostile-commands';
import { shells } from '../testkit/variants';
import { GATE_DENIED, gateCommands } from './gate-commands';

const COMMANDS_PER_SHELL = 200;
const SEED = 20_260_813;

describe.each(shells)('a hostile client of the gate under $name', (shell) => {
  let gate: GateFixture;
  let telltale: string;
  beforeAll(async () => {
    gate = await GateFixture.create();
    telltale = join(gate.folder, 'something was run');
    await mkdir(join(gate.folder, 'evil'));
    const script = `#!/bin/sh\necho "$0 $*" >>'${telltale}'\n`;
    // The gate's own bin folder is the first on its PATH: what a command makes it run by name is seen here.
    for (const name of NAMED_PROGRAMS) {
      await writeFile(join(gate.base, 'bin', name), script, { mode: 0o755 });
    }
    for (const name of ['id', 'tr', 'date', 'logger', 'mkdir', 'cat', 'wc', 'mv', ...NAMED_PROGRAMS]) {
      await writeFile(join(gate.folder, 'evil', name), script, { mode: 0o755 });
    }
    await writeFile(join(gate.folder, 'evil', 'startup'), `echo startup >>'${telltale}'\n`);
  });
  afterAll(() => gate.remove());

  const tree = async () =>
    (await readdir(gate.folder, { recursive: true })).filter((name) => !name.endsWith('gate.log')).sort();

  it(`gets nothing but "denied" for ${COMMANDS_PER_SHELL} requests, and leaves no trace but the log`, async () => {
    const before = await tree();
    const denied = { exitCode: GATE_DENIED, stdout: '', stderr: 'fc-gate: denied\n' };
    await fc.assert(
      fc.asyncProperty(hostileCommands(gate.root), async (command) => {
        expect(await gate.run(command, { shell })).toEqual(denied);
      }),
      { numRuns: COMMANDS_PER_SHELL, seed: SEED },
    );
    expect(await gate.run(undefined, { shell })).toEqual(denied);
    await expect(tree()).resolves.toEqual([...before, 'state folder/run'].sort());
    await expect(readdir(join(gate.base, 'run'))).resolves.toEqual([]);
    await expect(lstat(telltale)).rejects.toThrow('ENOENT');
    const log = await readFile(join(gate.base, 'gate.log'), 'latin1');
    expect(log).toMatch(/^([ -~]*\n)+$/);
    expect(log).toContain(' denied credential=credential-1 command=');
  }, 120_000);

  it('cannot move or bend the gate by the environment', async () => {
    const evil = join(gate.folder, 'evil');
    const startup = join(evil, 'startup');
    const env = {
      ...{
        PATH: evil,
        ENV: startup,
        BASH_ENV: startup,
        IFS: '/',
        CDPATH: evil,
        LC_ALL: 'C.UTF-8',
        POSIXLY_CORRECT: '1',
      },
      ...{
        base: evil,
        FC_BASE: evil,
        roots: '/',
        root: '/',
        credential: 'x',
        fence: '9',
        plan: '/etc',
        user: '1',
        OLDPWD: evil,
      },
    };
    const planDirectory = join(gate.root, 'plan');
    const attempt = { planDirectory, runId: 'run-1', fence: 1 };
    const begun = await gate.run(gateCommands.begin(attempt), { shell, env });
    expect(begun).toMatchObject({ exitCode: 0, stderr: '' });
    const finished = await gate.run(gateCommands.finish({ ...attempt, outcome: 'failed' }), { shell, env });
    expect(finished).toMatchObject({ exitCode: 0, stderr: '' });
    // "rsync" in the gate's own bin folder is meant to be asked for its version.
    const seen = await readFile(telltale, 'utf8');
    expect(new Set(seen.trim().split('\n'))).toEqual(new Set([`${join(gate.base, 'bin/rsync')} --version`]));
  });

  it('cannot fill the disk with the log', async () => {
    const log = join(gate.base, 'gate.log');
    await writeFile(log, 'x'.repeat(300_000));
    await gate.run('x'.repeat(50_000), { shell });
    expect((await stat(log)).size).toBeLessThan(1_000);
    expect((await stat(`${log}.1`)).size).toBe(300_000);
    await chmod(log, 0o600);
  });
});
