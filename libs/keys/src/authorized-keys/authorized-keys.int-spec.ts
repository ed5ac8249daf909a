import { chmod, chown, lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempFolder, type TempFolder } from '@fleetclone/testing';
import { generateCredentialKeyPair } from '../openssh/key-pair';
import { fingerprintSha256 } from '../openssh/public-key';
import { ordinaryUser, type ProgramResult, runProgram, type RunOptions } from '../testkit/run-program';
import { awks, binFolderWithAwk, shells, type Variant } from '../testkit/variants';
import { authorizedKeysOptions } from './authorized-keys-options';
import { authorizedKeysScript } from './authorized-keys-script';

const OPTIONS = authorizedKeysOptions({
  gateCommand: '/opt/a b/gate.sh',
  credentialId: 'c1',
  from: ['10.0.0.1'],
});
const pairs = shells.flatMap((shell) =>
  awks.map((awk) => ({ shell, awk, name: `${shell.name} with ${awk.name}` })),
);

describe.each(pairs)('authorized-keys.sh under $name', ({ shell, awk }) => {
  let temp: TempFolder;
  let file: string;
  let key: string;
  let other: string;
  let editor: Editor;

  beforeAll(async () => {
    key = (await generateCredentialKeyPair('')).publicKey;
    other = (await generateCredentialKeyPair('')).publicKey;
  });
  beforeEach(async () => {
    temp = await makeTempFolder('authorized-keys');
    file = join(temp.path, 'ssh', 'authorized_keys');
    await mkdir(join(temp.path, 'ssh'), { mode: 0o700 });
    editor = await Editor.install(temp.path, shell, awk, file);
  });
  afterEach(() => temp.remove());

  const content = () => readFile(file, 'latin1');
  const ours = (id = 'c1', publicKey = key) => `${OPTIONS} ${publicKey} fleetclone:${id}\n`;

  it('installs once, and changes nothing the second time', async () => {
    await expect(editor.run('install', 'c1', OPTIONS, key)).resolves.toBe('changed\n');
    await expect(content()).resolves.toBe(ours());
    await expect(editor.run('install', 'c1', OPTIONS, key)).resolves.toBe('unchanged\n');
    await expect(content()).resolves.toBe(ours());
    await expect(readdir(join(temp.path, 'ssh'))).resolves.toEqual(['authorized_keys']);
  });

  it('keeps foreign lines byte for byte: comments, CRLF, odd bytes, quoted blanks, a missing last newline', async () => {
    const foreign = `# \xff\xfe # fleetclone:c1\r\n\n\tssh-rsa AAAAB3Nza me\r\ncommand="echo \\"fleetclone:c1 \\" x" ${other} b fleetclone:c1 c`;
    await writeFile(file, foreign, 'latin1');
    await editor.run('install', 'c1', OPTIONS, key);
    await expect(content()).resolves.toBe(`${foreign}\n${ours()}`);

    await editor.run('revoke', 'c1');
    await expect(content()).resolves.toBe(`${foreign}\n`);
  });

  it('keeps a missing last newline when our line stands before it', async () => {
    await writeFile(file, `${ours()}${other} me`);
    await expect(editor.run('install', 'c1', OPTIONS, key)).resolves.toBe('unchanged\n');
    await expect(editor.run('revoke', 'c1')).resolves.toBe('changed\n');
    await expect(content()).resolves.toBe(`${other} me`);
  });

  it('replaces the line of the same id, or with the same key, in its place', async () => {
    await writeFile(file, `first\n${OPTIONS} ${other} fleetclone:c1\nlast\n${key} pasted by hand\r\n`);
    await expect(editor.run('install', 'c1', OPTIONS, key)).resolves.toBe('changed\n');
    await expect(content()).resolves.toBe(`first\n${ours()}last\n`);
  });

  it('revokes by id only the one line', async () => {
    await writeFile(file, ours('c1') + ours('c11', other));
    await expect(editor.run('revoke', 'c1')).resolves.toBe('changed\n');
    await expect(content()).resolves.toBe(ours('c11', other));
    await expect(editor.run('revoke', 'c1')).resolves.toBe('unchanged\n');
  });

  it('revokes by fingerprint every line with that key', async () => {
    await writeFile(file, `${key} by hand\n${ours('c1')}# note\n${ours('c2', other)}`);
    await expect(editor.run('revoke', fingerprintSha256(key))).resolves.toBe('changed\n');
    await expect(content()).resolves.toBe(`# note\n${ours('c2', other)}`);
    await expect(editor.run('revoke', fingerprintSha256(key))).resolves.toBe('unchanged\n');
  });

  it('lists our credentials', async () => {
    await writeFile(file, `${other} me\n${ours('c1')}# ${ours('c2')}`);
    await expect(editor.run('list')).resolves.toBe(`c1 ${key}\n`);
  });

  it('does not make a file only to revoke or list', async () => {
    await expect(editor.run('revoke', 'c1')).resolves.toBe('unchanged\n');
    await expect(editor.run('list')).resolves.toBe('');
    await expect(readdir(join(temp.path, 'ssh'))).resolves.toEqual([]);
  });

  it('repairs the mode of the file', async () => {
    await writeFile(file, ours());
    await chmod(file, 0o666);
    await expect(editor.run('install', 'c1', OPTIONS, key)).resolves.toBe('unchanged\n');
    expect((await lstat(file)).mode & 0o777).toBe(0o600);
  });

  it('refuses symbolic links for the file and for its folder', async () => {
    const elsewhere = join(temp.path, 'elsewhere');
    await writeFile(elsewhere, 'untouched');
    await symlink(elsewhere, file);
    await expect(editor.result('install', 'c1', OPTIONS, key)).resolves.toMatchObject({
      exitCode: 3,
      stdout: '',
    });
    await writeFile(join(temp.path, 'ssh', 'real'), 'untouched');
    await symlink(join(temp.path, 'ssh'), join(temp.path, 'link'));
    const env = { FC_AUTHORIZED_KEYS: join(temp.path, 'link', 'real') };
    await expect(editor.resultWith({ env }, 'revoke', 'c1')).resolves.toMatchObject({
      exitCode: 3,
      stdout: '',
    });
    await expect(readFile(elsewhere, 'utf8')).resolves.toBe('untouched');
  });

  it.each([
    [['install', 'c 1', OPTIONS, 'KEY']],
    [['install', 'c1', 'restrict\nevil', 'KEY']],
    [['install', 'c1', OPTIONS, 'ssh-ed25519 AAAA\nevil']],
    [['install', 'c1', OPTIONS, 'ssh-ed25519']],
    [['revoke', '../c1']],
    [['revoke']],
    [['rm']],
    [[]],
  ])('refuses the arguments %j', async (args) => {
    const result = await editor.result(...args.map((arg) => (arg === 'KEY' ? key : arg)));
    expect(result).toMatchObject({ exitCode: 2, stdout: '' });
    await expect(readdir(join(temp.path, 'ssh'))).resolves.toEqual([]);
  });
});

describe('authorized-keys.sh', () => {
  const [shell, awk] = [shells[0]!, awks[0]!];
  let temp: TempFolder;
  beforeEach(async () => {
    temp = await makeTempFolder('authorized-keys');
  });
  afterEach(() => temp.remove());

  it('loses no line when many editors work at once', async () => {
    const file = join(temp.path, 'ssh', 'authorized_keys');
    await mkdir(join(temp.path, 'ssh'));
    const editor = await Editor.install(temp.path, shell, awk, file);
    const ids = Array.from({ length: 12 }, (_, index) => `c${index}`);
    const keys = await Promise.all(ids.map(() => generateCredentialKeyPair('')));

    await Promise.all(ids.map((id, index) => editor.run('install', id, 'restrict', keys[index]!.publicKey)));

    const listed = (await editor.run('list')).trim().split('\n');
    expect(listed.map((line) => line.split(' ')[0]).sort()).toEqual([...ids].sort());
  });

  it('takes over the lock of an editor that was killed', async () => {
    const file = join(temp.path, 'authorized_keys');
    const editor = await Editor.install(temp.path, shell, awk, file);
    const ended = await runProgram(['sh', '-c', 'echo $$'], { env: process.env });
    await writeFile(join(temp.path, '.fleetclone-lock'), ended.stdout);
    await expect(editor.run('install', 'c1', 'restrict', 'ssh-ed25519 AAAA')).resolves.toBe('changed\n');
  });

  it("repairs the default location's folder and home, and works for an ordinary user without chown", async () => {
    const user = ordinaryUser();
    const home = join(temp.path, 'home');
    await mkdir(join(home, '.ssh'), { recursive: true });
    await chmod(temp.path, 0o755);
    await writeFile(join(home, '.ssh', 'authorized_keys'), 'foreign\n');
    for (const path of [home, join(home, '.ssh'), join(home, '.ssh', 'authorized_keys')]) {
      await chmod(path, 0o775);
      if (user !== undefined) await chown(path, user.uid, user.gid);
    }
    const editor = await Editor.install(temp.path, shell, awk, undefined);

    const result = await editor.resultWith(
      { env: { HOME: home }, user },
      'install',
      'c1',
      'restrict',
      'ssh-ed25519 AAAA',
    );

    expect(result).toEqual({ exitCode: 0, stdout: 'changed\n', stderr: '' });
    const modes = [home, join(home, '.ssh'), join(home, '.ssh', 'authorized_keys')].map(
      async (path) => (await lstat(path)).mode & 0o777,
    );
    await expect(Promise.all(modes)).resolves.toEqual([0o755, 0o700, 0o600]);
    await expect(readFile(join(home, '.ssh', 'authorized_keys'), 'utf8')).resolves.toMatch(
      /^foreign\nrestrict .*:c1\n$/,
    );
  });

  it('leaves the modes of the folders around a named file alone', async () => {
    const folder = join(temp.path, 'shared');
    await mkdir(folder);
    await chmod(folder, 0o777);
    const editor = await Editor.install(temp.path, shell, awk, join(folder, 'authorized_keys'));
    await editor.run('install', 'c1', 'restrict', 'ssh-ed25519 AAAA');
    expect((await lstat(folder)).mode & 0o777).toBe(0o777);
  });
});

class Editor {
  private constructor(
    private readonly argv: readonly string[],
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** The script with the wanted awk first on its fixed PATH. */
  static async install(
    folder: string,
    shell: Variant,
    awk: Variant,
    file: string | undefined,
  ): Promise<Editor> {
    const bin = await binFolderWithAwk(folder, awk);
    const script = join(folder, 'editor.sh');
    await writeFile(script, authorizedKeysScript.replace(/^PATH=/m, `PATH=${bin}:`), { mode: 0o755 });
    return new Editor([...shell.argv, script], file === undefined ? {} : { FC_AUTHORIZED_KEYS: file });
  }

  async run(...args: string[]): Promise<string> {
    const result = await this.result(...args);
    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    return result.stdout;
  }

  result(...args: string[]): Promise<ProgramResult> {
    return this.resultWith({ env: {} }, ...args);
  }

  resultWith(options: RunOptions, ...args: string[]): Promise<ProgramResult> {
    return runProgram([...this.argv, ...args], { ...options, env: { ...this.env, ...options.env } });
  }
}
