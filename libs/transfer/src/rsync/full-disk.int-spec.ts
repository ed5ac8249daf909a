import { randomBytes } from 'node:crypto';
import { execFile } from 'node:child_process';
import { chmod, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { classifyGateRefusal } from '../gate/gate-refusal';
import { runSshCommand } from '../ssh/ssh-command';
import { GatedRemote } from '../testkit/gated-remote';
import { mirror } from '../testkit/mirror';
import { describeTree } from '../testkit/tree';

const run = promisify(execFile);

jest.setTimeout(60_000);

const diskFull = { code: 'TRANSFER.DISK_FULL', layer: 'volume', side: 'remote', retryable: false };
const beginAt = (remote: GatedRemote, fence: number) =>
  runSshCommand(remote.ssh, `fc begin ${remote.planFolder} later ${fence}`, {
    stdin: '{}\n',
    timeoutMs: 30_000,
  });

describe('a remote that cannot even write who owns the plan', () => {
  let remote: GatedRemote;
  beforeAll(async () => (remote = await GatedRemote.start()));
  afterAll(() => remote.stop());

  it('says that the disk is full, and goes on as soon as it is not', async () => {
    const cat = join(remote.temp.path, 'gate/bin/cat');
    await mkdir(join(cat, '..'));
    await writeFile(cat, "#!/bin/sh\necho 'cat: stdout: No space left on device' >&2\nexit 1\n");
    await chmod(cat, 0o755);
    const refused = await beginAt(remote, 1);
    expect(refused).toMatchObject({ ending: 'exited', exitCode: 74, cause: null });
    expect(classifyGateRefusal(refused.stderr)).toMatchObject(diskFull);

    await rm(cat);
    expect(await beginAt(remote, 1)).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

if (process.getuid?.() === 0 && process.platform === 'linux') {
  describe('a mirror to a disk that is full', () => {
    let remote: GatedRemote;
    let disk: string;
    let source: string;
    let copy: string;

    beforeAll(async () => {
      remote = await GatedRemote.start();
      disk = join(remote.temp.path, 'disk');
      await run('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', disk]);
      source = join(remote.temp.path, 'Users/ann');
      copy = join(remote.planFolder, 'current', source);
      await mkdir(source, { recursive: true });
      await writeFile(join(source, 'small'), 'the last good version');
      await mirror(remote, { sources: [source], archiveName: 'good' });
      await writeFile(join(source, 'small'), 'newer');
      await writeFile(join(source, 'large'), randomBytes(9_000_000));
    });
    afterAll(async () => {
      await run('umount', [disk]);
      await remote.stop();
    });

    const again = (archiveName: string) => mirror(remote, { sources: [source], archiveName });
    const expectLastGoodCopy = async () => {
      expect(await readFile(join(copy, 'small'), 'utf8')).toBe('the last good version');
      await expect(readFile(join(copy, 'large'))).rejects.toThrow('ENOENT');
    };

    it('says so, as often as it is tried, and leaves the last good copy as it was', async () => {
      for (const archiveName of ['full', 'still-full']) {
        const full = await again(archiveName);

        expect(full.outcome).toMatchObject({ result: 'failed', ...diskFull });
        expect(full.fileErrors.first[0]?.path.display).toBe(join('/current', source, 'large'));
        await expectLastGoodCopy();
      }
    });

    it('says the same when not even the claim of an attempt can be written', async () => {
      // What the gate had put by is used up after some attempts; how many depends on what rsync leaves lying.
      await rm(join(remote.planFolder, '.fleetclone/reserve'), { force: true });
      await fill(join(disk, 'of somebody else'));
      for (const fence of [900, 900, 901]) {
        const refused = await beginAt(remote, fence);
        expect(classifyGateRefusal(refused.stderr)).toMatchObject(diskFull);
      }
      await expectLastGoodCopy();
    });

    it('goes on when there is room, without any help', async () => {
      await run('mount', ['-o', 'remount,size=30m', disk]);
      await rm(join(disk, 'of somebody else'));

      expect((await again('room')).outcome.result).toBe('complete');
      expect(await describeTree(copy)).toEqual(await describeTree(source));
    });

    it('fails when the disk is mounted read-only, before the transfer or just after the claim', async () => {
      const readOnly = { code: 'TRANSFER.READ_ONLY_VOLUME', layer: 'volume', side: 'remote' };
      await writeFile(join(source, 'small'), 'newest of all');
      const result = await mirror(remote, {
        sources: [source],
        archiveName: 'read-only',
        beforeRsync: () => run('mount', ['-o', 'remount,ro', disk]),
      });
      expect(result.outcome).toMatchObject({ result: 'failed', ...readOnly });

      const refused = await beginAt(remote, 900);
      expect(classifyGateRefusal(refused.stderr)).toMatchObject(readOnly);
    });
  });
} else {
  process.stdout.write(
    'not tested here: full and read-only disks (only root on Linux can mount one for a test)\n',
  );
}

/** Writes into a new file until the disk takes not one more block. */
async function fill(path: string): Promise<void> {
  const file = await open(path, 'wx');
  try {
    for (;;) await file.write(Buffer.alloc(4096));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    await file.close();
  }
}
