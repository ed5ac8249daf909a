import { existsSync } from 'node:fs';
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempFolder } from './temp-folder';

describe('makeTempFolder', () => {
  it('makes a folder that only its owner can enter', async () => {
    const folder = await makeTempFolder('spec');
    expect((await stat(folder.path)).mode & 0o777).toBe(0o700);
    await folder.remove();
    expect(existsSync(folder.path)).toBe(false);
  });

  it('removes read-only folders and names that are not UTF-8, and may be called twice', async () => {
    const folder = await makeTempFolder('spec');
    const readOnly = join(folder.path, 'read-only');
    await mkdir(join(readOnly, 'deeper'), { recursive: true });
    // macOS refuses such a name; elsewhere it must not stop the clean-up.
    const odd = Buffer.concat([Buffer.from(`${readOnly}/deeper/`), Buffer.from([0x61, 0xff, 0xfe])]);
    if (process.platform === 'linux') await writeFile(odd, 'x');
    await writeFile(join(readOnly, 'file'), 'x');
    await chmod(join(readOnly, 'deeper'), 0o000);
    await chmod(readOnly, 0o500);

    await folder.remove();
    await folder.remove();

    expect(existsSync(folder.path)).toBe(false);
  });
});
