import { makeTempFolder, type TempFolder } from '@fleetclone/testing';
import { chmod, mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertSourcesAllowed, isAtOrBelow, prepareDestinationRoot } from './local-policy';

let temp: TempFolder;
const at = (...parts: string[]): string => join(temp.path, ...parts);

beforeEach(async () => {
  temp = await makeTempFolder('policy');
  await mkdir(at('state'));
  await mkdir(at('allowed', 'inside'), { recursive: true });
  await mkdir(at('elsewhere', 'below'), { recursive: true });
});
afterEach(() => temp.remove());

it('tells a folder below another from one that only begins with the same letters', () => {
  expect(isAtOrBelow('/Users/ann', '/Users/ann')).toBe(true);
  expect(isAtOrBelow('/Users/ann/Documents', '/Users/ann')).toBe(true);
  expect(isAtOrBelow('/Users/anna', '/Users/ann')).toBe(false);
  expect(isAtOrBelow('/anything', '/')).toBe(true);
});

describe('sources', () => {
  const check = (...paths: string[]): Promise<void> =>
    assertSourcesAllowed(paths, [at('allowed')], at('state'));

  it('may lie at or below an allowed folder, there or not', async () => {
    await expect(
      check(at('allowed'), at('allowed', 'inside'), at('allowed', 'missing', 'file')),
    ).resolves.toBeUndefined();
  });

  it('may not lie elsewhere, each one counts', async () => {
    await expect(check(at('allowed'), at('elsewhere'))).rejects.toMatchObject({
      name: 'NotAllowedHereError',
    });
    await expect(check('/')).rejects.toMatchObject({ name: 'NotAllowedHereError' });
    await expect(check(at('elsewhere', 'missing'))).rejects.toMatchObject({ name: 'NotAllowedHereError' });
  });

  it('may not get out by a link, at the end or in the middle of the path', async () => {
    await symlink(at('elsewhere'), at('allowed', 'link'));

    await expect(check(at('allowed', 'link'))).rejects.toMatchObject({ name: 'NotAllowedHereError' });
    await expect(check(at('allowed', 'link', 'below'))).rejects.toMatchObject({
      name: 'NotAllowedHereError',
    });
    await expect(check(at('allowed', 'link', 'missing'))).rejects.toMatchObject({
      name: 'NotAllowedHereError',
    });
  });

  it('may lie below an allowed folder that is itself reached by a link', async () => {
    await symlink(at('allowed'), at('also-allowed'));

    await expect(
      assertSourcesAllowed([at('also-allowed', 'inside')], [at('also-allowed')], at('state')),
    ).resolves.toBeUndefined();
  });

  it("may never be the agent's own state, which holds private keys", async () => {
    await mkdir(at('state', 'keys'));

    await expect(assertSourcesAllowed([at('state', 'keys')], ['/'], at('state'))).rejects.toMatchObject({
      name: 'NotAllowedHereError',
    });
  });
});

describe('destination roots', () => {
  const prepare = (root: string, allowed = [at('allowed')]): Promise<void> =>
    prepareDestinationRoot(root, allowed);

  it('are made, privately, when the folder above is there; again changes nothing', async () => {
    await prepare(at('allowed', 'studio-mac'));
    await chmod(at('allowed', 'studio-mac'), 0o750);
    await prepare(at('allowed', 'studio-mac'));

    expect((await stat(at('allowed', 'studio-mac'))).mode & 0o777).toBe(0o750);
  });

  it('are refused when the allowed folder is not there: its disk is not mounted', async () => {
    const prepared = prepare(at('unmounted', 'studio-mac'), [at('unmounted')]);

    await expect(prepared).rejects.toThrow('not mounted');
    await expect(stat(at('unmounted'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('are made one level deep only', async () => {
    await expect(prepare(at('allowed', 'a', 'b'))).rejects.toMatchObject({ name: 'NotAllowedHereError' });
  });

  it('are refused elsewhere, at the allowed folder itself, and when none is allowed', async () => {
    await expect(prepare(at('elsewhere', 'x'))).rejects.toMatchObject({ name: 'NotAllowedHereError' });
    await expect(prepare(at('allowed'))).rejects.toMatchObject({ name: 'NotAllowedHereError' });
    await expect(prepare(at('allowed', 'x'), [])).rejects.toThrow('none');
  });

  it('are refused when a link leads out or stands in their place', async () => {
    await symlink(at('elsewhere'), at('allowed', 'link'));
    await writeFile(at('allowed', 'file'), '');

    await expect(prepare(at('allowed', 'link', 'x'))).rejects.toMatchObject({ name: 'NotAllowedHereError' });
    await expect(prepare(at('allowed', 'link'))).rejects.toMatchObject({ name: 'NotAllowedHereError' });
    await expect(prepare(at('allowed', 'file'))).rejects.toMatchObject({ name: 'NotAllowedHereError' });
  });
});
