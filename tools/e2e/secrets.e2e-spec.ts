import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isFinalRunState, RunView } from '@fleetclone/contracts';
import { waitFor } from '@fleetclone/testing';
import { makeDemoHome } from '../demo-home';
import { submitRun } from '../demo/demo-fleet';
import { startFleet, type TestFleet } from './start-fleet';

jest.setTimeout(120_000);

/** Every command line on the machine (Linux), as `ps` would show it. */
async function commandLines(): Promise<string> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')),
  );
  return lines.join('\n');
}

async function contentsBelow(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n');
}

/** The base64 body of a PEM or OpenSSH private key: any line of it would give the key away. */
const keyLines = (pem: string): string[] =>
  pem.split('\n').filter((line) => /^[A-Za-z0-9+/=]{40,}$/.test(line));

describe('secrets', () => {
  let fleet: TestFleet;
  let argv = '';

  beforeAll(async () => {
    fleet = await startFleet();
    await makeDemoHome(join(fleet.folders.home, 'files'), { seed: 3, files: 300, bytes: 30_000_000 });
    const { id } = await submitRun(fleet);
    await waitFor(
      'the run to end',
      async () => {
        argv += await commandLines();
        return isFinalRunState((await fleet.api.get(`/runs/${id}`, RunView)).state);
      },
      { timeoutMs: 60_000, intervalMs: 30 },
    );
  });

  afterAll(() => fleet.stop());

  /** Everything that must not leave the place where it is kept. */
  async function canaries(): Promise<{ name: string; value: string }[]> {
    const { root } = fleet.folders;
    const identities = await Promise.all(
      ['studio-mac', 'backup-mac'].map(async (name) => ({
        name,
        text: await readFile(join(root, name, 'identity.json'), 'utf8'),
      })),
    );
    const fromIdentities = identities.flatMap(({ name, text }) => {
      const { agentToken, queue } = JSON.parse(text) as { agentToken: string; queue: { password: string } };
      return [
        { name: `agent token of ${name}`, value: agentToken },
        { name: `queue password of ${name}`, value: queue.password },
      ];
    });
    const credentialKeys = keyLines(await contentsBelow(join(root, 'studio-mac', 'keys')));
    const orderKey = keyLines(await readFile(join(root, 'controller', 'secrets', 'order-key.pem'), 'utf8'));
    return [
      ...fromIdentities,
      { name: 'password of the admin', value: fleet.password },
      { name: 'API token', value: fleet.apiToken },
      {
        name: 'password of Redis',
        value: await readFile(join(root, 'controller', 'secrets', 'redis-password'), 'utf8'),
      },
      ...[...credentialKeys, ...orderKey].map((value, index) => ({
        name: `private key line ${index}`,
        value,
      })),
    ];
  }

  async function found(text: string): Promise<string[]> {
    return (await canaries()).filter(({ value }) => text.includes(value)).map(({ name }) => name);
  }

  it('are there to be found', async () => {
    const all = await canaries();

    expect(all.length).toBeGreaterThan(8);
    expect(all.filter(({ value }) => value.length < 12)).toEqual([]);
  });

  it('never stand in a command line', async () => {
    expect(argv).toContain('rsync');
    expect(await found(argv)).toEqual([]);
  });

  it('never stand in a log', async () => {
    const logs = [fleet.controller, fleet.studioMac, fleet.backupMac]
      .map((service) => service.output())
      .join('\n');

    expect(logs).toContain('controller started');
    expect(await found(logs)).toEqual([]);
  });

  it('never stand in the database or in Redis’s files', async () => {
    // With the programs stopped everything is on disk.
    await fleet.studioMac.stop();
    await fleet.backupMac.stop();
    await fleet.controller.stop();
    const stored =
      (await contentsBelow(join(fleet.folders.root, 'controller', 'postgres'))) +
      (await contentsBelow(join(fleet.folders.root, 'controller', 'redis')));

    expect(stored).toContain('studio-mac');
    expect(await found(stored)).toEqual([]);
  });

  it('lie in folders and files that only their owner can read', async () => {
    const { stat } = await import('node:fs/promises');
    const { root } = fleet.folders;
    const files = [
      'studio-mac/identity.json',
      'controller/secrets/order-key.pem',
      'controller/secrets/redis-password',
      ...(await readdir(join(root, 'studio-mac', 'keys')))
        .map((name) => `studio-mac/keys/${name}`)
        .filter((name) => !name.endsWith('.pub')),
    ];
    const modes = await Promise.all(files.map(async (file) => (await stat(join(root, file))).mode & 0o077));

    expect(modes).toEqual(files.map(() => 0));
  });
});
