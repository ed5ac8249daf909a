import { SetupSandbox } from './setup-sandbox';

describe('tools/test.sh', () => {
  let sandbox: SetupSandbox;
  beforeEach(async () => {
    sandbox = await SetupSandbox.make();
    sandbox.put('tools/setup.sh', sandbox.noteCall('setup $*'));
    sandbox.put('tools/check.sh', sandbox.noteCall('check $*'));
    jest('echo "PASS some.spec.ts"; echo; echo "12 passed, 0 failed"');
  });
  afterEach(() => sandbox.remove());

  const jest = (script: string) => {
    sandbox.put('node_modules/.bin/jest', '');
    sandbox.addProgram('jest', `${sandbox.noteCall('jest $*')}\n${script}`, 'clone/node_modules/.bin');
  };
  const test = async (...args: string[]) => {
    const { code, output } = await sandbox.run(['sh'], 'tools/test.sh', args);
    return { code, output, lastLine: output.trimEnd().split('\n').at(-1) };
  };

  it('sets up, checks and runs all tests, and ends with the counts', async () => {
    const result = await test('--runInBand');
    expect(result).toMatchObject({ code: 0, lastLine: '12 passed, 0 failed' });
    expect(result.output).toContain('PASS some.spec.ts');
    expect(sandbox.calls()).toEqual(['setup --for test', 'check --no-unit', 'jest --ci --runInBand']);
  });

  it('fails when a test fails', async () => {
    jest('echo "12 passed, 3 failed"; exit 1');
    await expect(test()).resolves.toMatchObject({ code: 1, lastLine: '12 passed, 3 failed' });
  });

  it('has the counts last even when jest goes on talking', async () => {
    jest('echo "12 passed, 0 failed"; echo "Jest did not exit" >&2');
    await expect(test()).resolves.toMatchObject({ code: 0, lastLine: '12 passed, 0 failed' });
  });

  it('does not call it a success when jest ends badly for another reason, or without a word', async () => {
    jest('echo "12 passed, 0 failed"; exit 1');
    await expect(test()).resolves.toMatchObject({ code: 1, lastLine: '12 passed, 1 failed' });
    jest('exit 0');
    await expect(test()).resolves.toMatchObject({ code: 1, lastLine: '0 passed, 1 failed' });
    jest('kill -9 $$');
    await expect(test()).resolves.toMatchObject({ code: 1, lastLine: '0 passed, 1 failed' });
  });

  it.each(['setup', 'check'])('runs no test when the %s fails', async (script) => {
    sandbox.put(`tools/${script}.sh`, 'echo "boundaries: 1 violation"; exit 3');
    const result = await test();
    expect(result).toMatchObject({ code: 1, lastLine: '0 passed, 1 failed' });
    expect(result.output).toContain('boundaries: 1 violation');
    expect(sandbox.calls()).not.toContain('jest --ci');
  });
});
