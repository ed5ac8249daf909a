import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { existsSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { listProcesses } from './process-table';
import { spawnLogged } from './spawn-logged';
import { type SshServer, startSshd } from './sshd';
import { makeTempFolder, type TempFolder } from './temp-folder';
import { waitFor } from './wait-for';

const run = promisify(execFile);

describe('startSshd', () => {
  let temp: TempFolder;
  let server: SshServer;
  let authorizedKeysFile: string;
  let knownHosts: string;

  const sshArgs = (port: number, key: string, command: string) => [
    ...['-F', '/dev/null', '-i', join(temp.path, key), '-p', String(port), '-l', userInfo().username],
    ...['-o', 'IdentitiesOnly=yes', '-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes'],
    ...['-o', `UserKnownHostsFile=${knownHosts}`, '-o', 'GlobalKnownHostsFile=/dev/null'],
    ...['127.0.0.1', command],
  ];
  const pinHostKey = (sshd: SshServer) =>
    writeFile(knownHosts, `[127.0.0.1]:${sshd.port} ${sshd.hostKeyPublic}\n`);
  const authorise = async (key: string, command: string) => {
    const publicKey = await readFile(join(temp.path, `${key}.pub`), 'utf8');
    await writeFile(authorizedKeysFile, `restrict,command="${command}" ${publicKey}`);
  };

  beforeAll(async () => {
    temp = await makeTempFolder('spec');
    authorizedKeysFile = join(temp.path, 'authorized keys');
    knownHosts = join(temp.path, 'known_hosts');
    for (const key of ['good', 'other']) {
      await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(temp.path, key)]);
    }
    server = await startSshd({ authorizedKeysFile });
    await pinHostKey(server);
  });
  afterAll(async () => {
    await server.stop();
    await temp.remove();
  });

  it('runs the forced command for an authorised key, with its host key pinned', async () => {
    await authorise('good', 'echo forced: $SSH_ORIGINAL_COMMAND');
    const { stdout } = await run('ssh', sshArgs(server.port, 'good', 'whatever was asked'));
    expect(stdout).toBe('forced: whatever was asked\n');
    await expect(server.log()).resolves.toMatch(/Accepted publickey for/);
  });

  it('refuses a key that is not authorised', async () => {
    await authorise('good', 'echo forced');
    await expect(run('ssh', sshArgs(server.port, 'other', 'true'))).rejects.toMatchObject({ code: 255 });
  });

  it('ends the programs that sessions started, and removes its folder', async () => {
    await authorise('good', 'echo session $$; trap : TERM HUP; sleep 1000; sleep 1000');
    const folder = mkdtempSync(join(tmpdir(), 'fleetclone-spec-log-'));
    const second = await startSshd({ authorizedKeysFile, logFile: join(folder, 'sshd.log') });
    await pinHostKey(second);
    const client = await spawnLogged('ssh', sshArgs(second.port, 'good', 'x'));
    const shell = Number((await client.waitForOutput(/session (\d+)/))[1]);
    const isAlive = async () =>
      (await listProcesses()).some((row) => row.pid === shell || row.parentPid === shell);
    await expect(isAlive()).resolves.toBe(true);

    const stopped = await second.stop();

    await waitFor('the session to be gone', async () => !(await isAlive()), { timeoutMs: 1000 });
    expect(stopped.killed).toBeGreaterThan(0);
    await expect(client.exited).resolves.toMatchObject({ code: 255 });
    await client.stop();
    await expect(second.log()).resolves.toContain(`Server listening on 127.0.0.1 port ${second.port}`);
    expect(existsSync(join(folder, 'sshd.log'))).toBe(true);
    rmSync(folder, { recursive: true });
    await pinHostKey(server);
  });

  it('comes back on the same port with the same host key', async () => {
    const hostKey = join(temp.path, 'good'); // any private key file will do
    const first = await startSshd({ authorizedKeysFile, hostKeys: [hostKey] });
    await first.stop();
    const again = await startSshd({ authorizedKeysFile, hostKeys: [hostKey], port: first.port });
    expect(again).toMatchObject({ port: first.port, hostKeyPublic: first.hostKeyPublic });
    expect((await readFile(`${hostKey}.pub`, 'utf8')).startsWith(again.hostKeyPublic)).toBe(true);
    await again.stop();
  });

  it('takes extra directives', async () => {
    const picky = await startSshd({ authorizedKeysFile, directives: ['PubkeyAuthentication no'] });
    await authorise('good', 'echo in');
    await pinHostKey(picky);
    await expect(run('ssh', sshArgs(picky.port, 'good', 'true'))).rejects.toMatchObject({ code: 255 });
    await picky.stop();
  });

  it('says why it cannot start', async () => {
    await expect(startSshd({ authorizedKeysFile, directives: ['NoSuchDirective yes'] })).rejects.toThrow(
      /NoSuchDirective/i,
    );
  });
});
