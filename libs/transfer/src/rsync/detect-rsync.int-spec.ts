import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempFolder, type TempFolder } from '@fleetclone/testing';
import { bestRsyncOf, detectRsync, RsyncNotFoundError } from './detect-rsync';

describe('finding rsync', () => {
  let temp: TempFolder;
  beforeAll(async () => (temp = await makeTempFolder('detect')));
  afterAll(() => temp.remove());

  async function plant(name: string, output: string): Promise<string> {
    const path = join(temp.path, name);
    await writeFile(path, `#!/bin/sh\n[ "$*" = --version ] && printf '%b' '${output}'\n`);
    await chmod(path, 0o755);
    return path;
  }

  it('gives an absolute path and what the program can do', async () => {
    const found = await detectRsync();

    expect(found.binary.startsWith('/')).toBe(true);
    expect(found.flavour).toBe('gnu');
    expect(found.version[0]).toBeGreaterThanOrEqual(3);
  });

  it('takes the first that gives the full service', async () => {
    const found = await detectRsync([
      join(temp.path, 'not there'),
      await plant('old', 'rsync  version 3.1.3  protocol version 31\\n'),
      await plant('apple', 'openrsync: protocol version 29\\nrsync version 2.6.9 compatible\\n'),
      await plant('other', 'something else\\n'),
      await plant('good', 'rsync  version 3.9.0  protocol version 32\\n'),
      await plant('better', 'rsync  version 3.9.1  protocol version 32\\n'),
    ]);

    expect(found).toMatchObject({ binary: join(temp.path, 'good'), version: [3, 9, 0] });
  });

  it('passes over what nobody should copy with', async () => {
    const found = await detectRsync([
      await plant('faulty', 'rsync  version 3.4.0  protocol version 32\\n'),
      await plant('openrsync', 'openrsync: protocol version 27\\n'),
      await plant('ancient', 'rsync  version 2.6.3  protocol version 28\\n'),
      await plant('sound', 'rsync  version 3.9.0  protocol version 32\\n'),
    ]);

    expect(found.binary).toBe(join(temp.path, 'sound'));
  });

  it('makes do with the newest, then with what a Mac came with', async () => {
    const apple = await plant('a', 'openrsync: protocol version 29\\nrsync version 2.6.9 compatible\\n');
    const original = await plant('b', 'rsync  version 2.6.9  protocol version 29\\n');
    const older = await plant('c', 'rsync  version 3.0.9  protocol version 30\\n');
    const old = await plant('d', 'rsync  version 3.2.3  protocol version 31\\n');

    expect((await bestRsyncOf([apple, original, older, old])).binary).toBe(old);
    expect((await bestRsyncOf([apple, original, old, older])).binary).toBe(old);
    expect((await bestRsyncOf([apple, original])).binary).toBe(apple);
    expect((await bestRsyncOf([original, apple])).binary).toBe(original);
  });

  it('is in vain where there is nothing, or nothing usable', async () => {
    const useless = await plant('useless', 'openrsync: protocol version 27\\n');

    await expect(bestRsyncOf([join(temp.path, 'not there')])).rejects.toThrow('none was found');
    await expect(bestRsyncOf([useless])).rejects.toThrow(
      'is openrsync (protocol 27), which loses hard links',
    );
  });

  it('says what it found and why that will not do', () => {
    const error = new RsyncNotFoundError([
      { binary: '/usr/bin/rsync', reason: 'is openrsync (protocol 29)' },
    ]);

    expect(error.message).toContain('rsync 3.2.7 or later is needed');
    expect(error.message).toContain('/usr/bin/rsync is openrsync (protocol 29)');
  });
});
