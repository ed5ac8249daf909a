import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { attributesToKeep, attributeTools } from '../testkit/attributes';
import { type GatedRemote, startLocalRemote, startSshRemote } from '../testkit/gated-remote';
import { ordinaryUser, runProgram } from '../testkit/run-program';
import { gateCommands, moduleDestination, moduleOptionPath } from './gate-commands';
import { parseBeginReply } from './gate-reply';

jest.setTimeout(60_000);
const nobody = ordinaryUser();
const remotes: { name: string; start: () => Promise<GatedRemote> }[] = [
  { name: nobody === undefined ? 'this user' : 'root', start: startSshRemote },
  ...(nobody === undefined ? [] : [{ name: 'an ordinary user', start: () => startLocalRemote(nobody) }]),
];
const tools = attributeTools();
const entries = ['.', 'file', 'folder', 'folder/plain', 'link'];

describe.each(remotes)('extended attributes in a backup through a gate that runs as $name', ({ start }) => {
  let remote: GatedRemote;
  let source: string;
  let plan: string;
  let moduleRoot: string;
  beforeAll(async () => {
    remote = await start();
    source = join(remote.gate.folder, 'source');
    plan = join(remote.gate.root, 'plan');
    await mkdir(join(source, 'folder'), { recursive: true });
    await writeFile(join(source, 'file'), 'the same all the time');
    await writeFile(join(source, 'folder', 'plain'), 'has none');
    await symlink('nowhere', join(source, 'link'));
    if (remote.uid !== process.getuid?.()) {
      await runProgram(['chown', '-hR', `${remote.uid}`, source], { env: process.env });
    }
    for (const [name, attributes] of Object.entries(attributesToKeep(remote.uid))) {
      for (const [attribute, value] of Object.entries(attributes)) {
        await tools.set(join(source, name), attribute, value);
      }
    }
    const begun = await remote.request(gateCommands.begin(attempt()));
    ({ moduleRoot } = parseBeginReply(begun.stdout));
  });
  afterAll(() => remote.stop());

  const attempt = () => ({ planDirectory: plan, runId: 'run-1', fence: 1 });
  const mirror = (archive: string) =>
    remote.rsync(
      ...['-aHAX', '--numeric-ids', '--stats', '--delete-after', '--delay-updates'],
      ...['--backup', `--backup-dir=${moduleOptionPath(moduleRoot, `archive/${archive}`)}`],
      `--rsync-path=${gateCommands.rsyncPath(attempt())}`,
      ...['--', `${source}/`, `remote::${moduleDestination(moduleRoot, 'current/')}`],
    );
  const attributesIn = async (folder: string) =>
    Object.fromEntries(
      await Promise.all(entries.map(async (name) => [name, await tools.read(join(folder, name))] as const)),
    );

  it('are kept, of files, folders and links, whatever is in them', async () => {
    const expected = await attributesIn(source);
    const planted = Object.entries(attributesToKeep(remote.uid));
    for (const [name, attributes] of planted) {
      // macOS adds some of its own.
      expect(expected[name]?.length).toBeGreaterThanOrEqual(Object.keys(attributes).length);
    }
    expect(await mirror('1')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await attributesIn(join(plan, 'current'))).toEqual(expected);
  });

  it('are brought up to date without sending content', async () => {
    await tools.set(join(source, 'file'), 'user.text', '677265656e');
    await tools.remove(join(source, 'file'), 'user.going away');
    const result = await mirror('2');

    expect(result).toMatchObject({ exitCode: 0, stderr: '' });
    expect(result.stdout).toMatch(/^Total transferred file size: 0 bytes$/m);
    expect(await attributesIn(join(plan, 'current'))).toEqual(await attributesIn(source));
  });

  it('go into the archive with what had them', async () => {
    const before = await tools.read(join(source, 'file'));
    await writeFile(join(source, 'file'), 'new content');
    await tools.set(join(source, 'file'), 'user.text', '00');

    expect(await mirror('3')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await tools.read(join(plan, 'archive/3/file'))).toEqual(before);
    expect(await attributesIn(join(plan, 'current'))).toEqual(await attributesIn(source));
  });
});
