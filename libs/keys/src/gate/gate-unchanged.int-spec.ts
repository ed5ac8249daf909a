import {
  appendFile,
  chmod,
  cp,
  link,
  lstat,
  lutimes,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { PlanAtGate } from '../testkit/plan-at-gate';
import { canMountDisks, mountDisk, unmountDisk } from '../testkit/small-disk';
import { shells } from '../testkit/variants';

jest.setTimeout(60_000);

const unknown = (reason: string) => ({ answer: 'unknown', reason });
const yes = { answer: 'yes', reason: 'nothing is newer than the marker' };
const no = { answer: 'no', reason: 'something is newer than the marker' };

describe.each(shells)('asking the gate for changes at the destination under $name', (shell) => {
  let plan: PlanAtGate;
  let current: string;
  let marker: string;
  beforeEach(async () => {
    plan = await PlanAtGate.create(shell);
    current = plan.at('current');
    marker = plan.at('.fleetclone/asked'); // what begin makes of it
    await plan.copyWithRun1();
  });
  afterEach(() => plan.remove());

  it('is answered "yes" when nothing was changed, as often as it is asked, and leaves nothing', async () => {
    expect(await plan.ask(2, 1)).toEqual(yes);
    await readFile(join(current, 'other'));
    expect(await plan.ask(2, 1)).toEqual(yes);
    const left = ['asked', 'history', 'lock', 'plan.json', 'reserve'];
    expect((await readdir(plan.at('.fleetclone'))).sort()).toEqual(left);
  });

  it.each<[string, (folder: string) => Promise<void>]>([
    ['content', (at) => appendFile(join(at, 'folder/file\nname'), 'x')],
    ['content of as many bytes, with the times set back', (at) => editSecretly(join(at, 'other'))],
    ['a mode', (at) => chmod(join(at, 'other'), 0o600)],
    ['the time of a file', (at) => utimes(join(at, 'other'), 1, 1)],
    ['the time of a link', (at) => lutimes(join(at, 'link'), 1, 1)],
    ['a mode of the whole folder', (at) => chmod(at, 0o700)],
    ['a name', (at) => rename(join(at, 'other'), join(at, 'another'))],
    ['where a file is', (at) => rename(join(at, 'other'), join(at, 'folder/other'))],
    ['something deleted', (at) => rm(join(at, 'folder/file\nname'))],
    ['something new', (at) => mkdir(join(at, 'folder/new'))],
    ['something old moved in', (at) => rename(join(at, '../.fleetclone/history'), join(at, 'folder/old'))],
    ['a hard link from outside', (at) => link(join(at, 'other'), join(at, '../outside'))],
  ])('is answered "no" after a change of %s', async (_what, change) => {
    await change(current);
    expect(await plan.ask(2, 1)).toEqual(no);
  });

  it('looks at one snapshot when asked for it', async () => {
    for (const name of ['one', 'two']) await mkdir(plan.at('snapshots', name), { recursive: true });
    await plan.finish(2);
    await plan.begin(3);
    await writeFile(plan.at('snapshots/one/file'), '');
    expect(await plan.ask(3, 2, 'snapshots/one')).toEqual(no);
    expect(await plan.ask(3, 2, 'snapshots/two')).toEqual(yes);
    expect(await plan.ask(3, 2, 'snapshots/three')).toEqual(unknown('the folder is not there'));
  });

  it('is followed by the question what, which names it', async () => {
    expect(await plan.altered(2, 1)).toEqual([]);
    await appendFile(join(current, 'folder/file\nname'), 'x');
    await mkdir(join(current, 'new'));
    expect((await plan.altered(2, 1))?.toSorted()).toEqual(['', 'folder/file\nname', 'new']);
    expect(await plan.altered(2, 3)).toBeNull();
    await plan.begin(2);
    expect(await plan.altered(2, 1)).toBeNull();
  });

  it('is followed by it in vain when that would be too much, or find did not see everything', async () => {
    await plan.gate.standIn('find', '"$real" "$@"; exit 1');
    expect(await plan.altered(2, 1)).toBeNull();
    await plan.gate.standIn('find', 'head -c 1100000 /dev/zero | tr "\\000" x; printf "\\000"');
    expect(await plan.altered(2, 1)).toBeNull();
  });

  it('does not look any further once something is found', async () => {
    for (let number = 0; number < 200; number += 1) await writeFile(join(current, `new ${number}`), '');
    const calls = join(plan.gate.folder, 'calls');
    await plan.gate.standIn('sh', `echo >>'${calls}'; exec "$real" "$@"`);
    expect(await plan.ask(2, 1)).toEqual(no);
    await expect(readFile(calls, 'utf8')).resolves.toBe('\n');
  });

  it('is refused to all but the owner under way', async () => {
    expect((await plan.run(plan.questionOf(1, 1))).stderr).toBe('fc-gate: superseded by run-2 2\n');
    await plan.finish(2);
    expect((await plan.run(plan.questionOf(2, 1))).stderr).toBe(
      'fc-gate: superseded by run-2 2 (succeeded)\n',
    );
    await rm(plan.at('.fleetclone'), { recursive: true });
    expect((await plan.run(plan.questionOf(2, 1))).stderr).toBe('fc-gate: not begun\n');
  });

  it('is in vain when the whole plan was copied to where it is', async () => {
    await rename(plan.folder, `${plan.folder} before`);
    const asItIs = { recursive: true, preserveTimestamps: true, verbatimSymlinks: true };
    await cp(`${plan.folder} before`, plan.folder, asItIs);
    await rm(marker);
    await cp(`${plan.folder} before/.fleetclone/asked`, marker); // the last of all, so that nothing is newer
    expect(await plan.ask(2, 1)).toEqual(unknown('the marker was copied'));
  });

  it('is in vain when the marker is not whole, or a link', async () => {
    const whole = await readFile(marker, 'utf8');
    for (const part of ['', 'run-1 1\n', whole.trimEnd()]) {
      await writeFile(marker, part);
      expect(await plan.ask(2, 1)).toEqual(unknown('no marker is left'));
    }
    await writeFile(marker, whole);
    await rename(marker, `${marker}.real`);
    await symlink('asked.real', marker);
    expect(await plan.ask(2, 1)).toEqual(unknown('no marker is left'));
  });

  it('is in vain while the clock stands before the marker', async () => {
    const tomorrow = new Date(Date.now() + 86_400_000);
    await utimes(marker, tomorrow, tomorrow);
    expect(await plan.ask(2, 1)).toEqual(unknown('the clock is not after the marker'));
  });

  it('is in vain on a file system whose change times mean nothing, or whose name is not known', async () => {
    await plan.gate.standIn('uname', 'echo Linux 6.1 arm64');
    await plan.gate.standIn('df', 'true');
    await plan.gate.standIn('stat', 'echo 1 2 smb2');
    expect(await plan.ask(2, 1)).toEqual(unknown('not sure of change times on smb2'));
    await plan.gate.standIn('stat', 'exit 1');
    expect(await plan.ask(2, 1)).toEqual(unknown('not sure of change times on this file system'));
  });

  it('is in vain when find cannot compare, or could not look at everything', async () => {
    await plan.gate.standIn('find', 'echo "find: unrecognized: -newercm" >&2; exit 1');
    expect(await plan.ask(2, 1)).toEqual(unknown('find cannot compare change times'));
    const incomplete = unknown('the folder could not be looked at completely');
    await plan.gate.standIn('find', '"$real" "$@"; case $* in *-exec*) exit 1; esac');
    expect(await plan.ask(2, 1)).toEqual(incomplete);
    await plan.gate.standIn('find', 'case $* in *-exec*) kill "$$"; esac; exec "$real" "$@"');
    expect(await plan.ask(2, 1)).toEqual(incomplete);
  });

  it('is in vain when the folder is gone or a link', async () => {
    await rename(current, `${current} elsewhere`);
    expect(await plan.ask(2, 1)).toEqual(unknown('the folder is not there'));
    await symlink('current elsewhere', current);
    expect(await plan.ask(2, 1)).toEqual(unknown('the folder is not there'));
  });

  it('is in vain when it is not known which disks are mounted', async () => {
    await plan.gate.standIn('mount', 'exit 1');
    expect(await plan.ask(2, 1)).toEqual(unknown('mounted disks are not known'));
  });

  if (canMountDisks) {
    it('is in vain when a disk is mounted inside the plan', async () => {
      await mountDisk(join(current, 'folder'), 'size=1m');
      try {
        expect(await plan.ask(2, 1)).toEqual(unknown('a disk is mounted inside the folder'));
      } finally {
        await unmountDisk(join(current, 'folder'));
      }
    });
  }
});

/** What neither size nor times show. */
async function editSecretly(path: string): Promise<void> {
  const { atime, mtime } = await lstat(path);
  await writeFile(path, 'CONTENT');
  await utimes(path, atime, mtime);
}
