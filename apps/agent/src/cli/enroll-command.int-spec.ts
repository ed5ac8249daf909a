import { makeTempFolder, type TempFolder } from '@fleetclone/testing';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSettings } from '../config/agent-settings';
import { readIdentity } from '../config/identity';
import { takeInstanceLock } from '../config/instance-lock';
import { stateFolderAt, type StateFolder } from '../config/state-folder';
import { linuxPlatform } from '../platform/linux/linux-platform';
import { FakeController } from '../testkit/fake-controller';
import { enroll } from './enroll-command';
import { parseCommand, type EnrollCommand } from './parse-command';

let temp: TempFolder;
let controller: FakeController;
let folder: StateFolder;
let warnings: string[];

beforeEach(async () => {
  temp = await makeTempFolder('enroll');
  controller = await FakeController.start();
  folder = stateFolderAt(join(temp.path, 'state'));
  warnings = [];
  controller.enrolReply = buildReply();
});
afterEach(async () => {
  await controller.stop();
  await temp.remove();
});

function buildReply(macId: string = randomUUID()) {
  return {
    macId,
    name: 'studio-mac',
    controllerId: randomUUID(),
    agentToken: 'agent-secret',
    queue: { url: 'redis://127.0.0.1:6379', username: `agent-${macId}`, password: 'queue-secret' },
    orderKey: { kty: 'OKP', crv: 'Ed25519', x: 'AAAA' },
  };
}

function enrollWith(args: readonly string[], environmentToken: string | null = 'token'): Promise<string> {
  const command = parseCommand(
    ['enroll', '--controller', controller.url, ...args],
    temp.path,
  ) as EnrollCommand;
  return enroll(command, {
    folder,
    platform: linuxPlatform,
    environmentToken: environmentToken ?? undefined,
    warn: (line) => warnings.push(line),
  });
}

it('sends what this Mac is and keeps what it is told, for its owner alone', async () => {
  await expect(enrollWith(['--name', 'studio-mac', '--ssh-port', '2222'])).resolves.toContain(
    'Enrolled as studio-mac',
  );

  expect(controller.enrolments).toMatchObject([
    {
      token: 'token',
      name: 'studio-mac',
      facts: { platform: 'linux', sourceRoots: ['/'], destinationRoots: [] },
    },
  ]);
  expect(await readIdentity(folder)).toMatchObject({
    agentToken: 'agent-secret',
    controllerUrl: controller.url,
    instanceId: controller.enrolments[0]!.instanceId,
  });
  expect(await readSettings(folder)).toMatchObject({
    ssh: { port: 2222 },
    sourceRoots: ['/'],
    destinationRoots: [],
  });
  expect((await stat(folder.path)).mode & 0o777).toBe(0o700);
  expect((await stat(folder.identityFile)).mode & 0o777).toBe(0o600);
  expect(warnings).toEqual([]);
});

it('takes the token from a file too, and refuses to go on without one', async () => {
  await writeFile(join(temp.path, 'token'), 'from a file\n');
  await enrollWith(['--token-file', 'token'], null);
  expect(controller.enrolments[0]?.token).toBe('from a file');

  await expect(enrollWith(['--token-file', 'none'], null)).rejects.toMatchObject({ name: 'UsageError' });
  await expect(enrollWith([], null)).rejects.toMatchObject({ name: 'UsageError' });
});

it('keeps everything as it was when the controller refuses', async () => {
  controller.trouble = 'unavailable';
  await expect(enrollWith([])).rejects.toMatchObject({ name: 'ControllerUnreachableError' });

  await expect(readIdentity(folder)).rejects.toMatchObject({ name: 'NotEnrolledError' });
});

it('enrols again only when told to, then with the settings and the instance of before', async () => {
  await enrollWith(['--allow-source', '/Users']);
  await expect(enrollWith([])).rejects.toThrow('enrolled already, as studio-mac');
  controller.enrolReply = { ...buildReply(), agentToken: 'newer-secret' };
  await mkdir(join(folder.runsFolder, 'of-the-former-identity'), { recursive: true });
  await enrollWith(['--replace', '--allow-destination', '/Volumes/Backup']);

  expect(controller.enrolments[1]?.instanceId).toBe(controller.enrolments[0]?.instanceId);
  expect((await readIdentity(folder)).agentToken).toBe('newer-secret');
  expect(await readSettings(folder)).toMatchObject({
    sourceRoots: ['/Users'],
    destinationRoots: ['/Volumes/Backup'],
  });
  await expect(stat(folder.runsFolder)).rejects.toMatchObject({ code: 'ENOENT' });
});

it('does not enrol under the feet of a running agent', async () => {
  await mkdir(folder.path);
  const unlock = await takeInstanceLock(folder.lockFile);

  await expect(enrollWith([])).rejects.toMatchObject({ name: 'AlreadyRunningError' });
  await unlock();
});

it('takes only public host keys as host keys', async () => {
  await writeFile(join(temp.path, 'key'), '-----BEGIN OPENSSH PRIVATE KEY-----\n');

  await expect(enrollWith(['--ssh-host-key', 'key'])).rejects.toThrow('is not a public host key');
  await expect(enrollWith(['--ssh-host-key', 'none.pub'])).rejects.toThrow('cannot be read');
});

it('does not quote a damaged identity', async () => {
  await enrollWith([]);
  const text = await readFile(folder.identityFile, 'utf8');
  await writeFile(folder.identityFile, text.replace('"macId"', '"id"'));

  await expect(readIdentity(folder)).rejects.toThrow(/^(?!.*secret).*identity\.json is damaged: macId$/);
});
