import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempFolder, type TempFolder } from '@fleetclone/testing';
import { detectRsync, RsyncNotFoundError } from './detect-rsync';

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

  it('passes over what is too old, another flavour or no rsync, and takes the first that will do', async () => {
    const found = await detectRsync([
      join(temp.path, 'not there'),
      await plant('old', 'rsync  version 3.1.3  protocol version 31\\n'),
      await plant('apple', 'openrsync: protocol version 29\\nrsync version 2.6.9 compatible\\n'),
      await plant('other', 'something else\\n'),
      await plant('good', 'rsync  version 3.9.0  protocol version 32\\n'),
    ]);

    expect(found).toMatchObject({ binary: join(temp.path, 'good'), version: [3, 9, 0] });
  });

  it('says what it found and why that will not do', () => {
    const error = new RsyncNotFoundError([
      { binary: '/usr/bin/rsync', reason: 'is openrsync (protocol 29)' },
    ]);

    expect(error.message).toContain('rsync 3.2.7 or later is needed');
    expect(error.message).toContain('/usr/bin/rsync is openrsync (protocol 29)');
  });
});
