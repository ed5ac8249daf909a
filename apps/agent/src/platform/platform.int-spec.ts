import { makeTempFolder, type TempFolder, waitFor } from '@fleetclone/testing';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { holdWithProcess } from './awake-process';
import { currentPlatform } from './current-platform';
import { parseLocalHostName, parseSwVers } from './darwin/parse-sw-vers';
import { darwinPlatform } from './darwin/darwin-platform';
import { linuxPlatform } from './linux/linux-platform';
import { parseOsRelease } from './linux/parse-os-release';
import { selectAddresses } from './network-addresses';
import { readProgram, runScript } from './run-program';
import { parseHostKey, readSshFacts } from './ssh-facts';

const recorded = (path: string): string => readFileSync(join(__dirname, path), 'utf8');
const blob = 'AAAAC3NzaC1lZDI1NTE5AAAAIAMCvYkZW2aJcPGeHEGB3FMdGZcQpGNcKS0rcX1mkHHj';

describe('macOS', () => {
  it.each([
    ['sw_vers-14.txt', 'macOS 14.5 (23F79)'],
    ['sw_vers-13-rapid-response.txt', 'macOS 13.4.1 (c) (22F770820d)'],
    ['sw_vers-10.9.txt', 'Mac OS X 10.9.5 (13F1911)'],
  ])('calls itself, by %s, %s', (file, name) => {
    expect(parseSwVers(recorded(`darwin/__fixtures__/${file}`))).toBe(name);
  });

  it('can be reached by its Bonjour name', () => {
    expect(parseLocalHostName(recorded('darwin/__fixtures__/scutil-local-host-name.txt'))).toBe(
      'Anns-MacBook-Pro.local',
    );
    expect(parseLocalHostName('LocalHostName: not set\n')).toBeUndefined();
    expect(parseSwVers('')).toBeUndefined();
  });
});

describe('Linux', () => {
  it('calls itself what os-release says', () => {
    expect(parseOsRelease(recorded('linux/__fixtures__/os-release-debian-12.txt'))).toBe(
      'Debian GNU/Linux 12 (bookworm)',
    );
    expect(parseOsRelease("PRETTY_NAME='Odd \\$ name'\n")).toBe('Odd $ name');
    expect(parseOsRelease('NAME=x\n')).toBeUndefined();
  });
});

it('is chosen by the system, and other systems are refused', () => {
  expect(currentPlatform('darwin')).toBe(darwinPlatform);
  expect(currentPlatform('linux')).toBe(linuxPlatform);
  expect(() => currentPlatform('win32')).toThrow('not on win32');
});

it('offers addresses that others can reach, IPv4 first, each once', () => {
  const address = (family: 'IPv4' | 'IPv6', value: string, internal = false) =>
    ({ family, address: value, internal, netmask: '', mac: '', cidr: null, scopeid: 0 }) as never;

  expect(
    selectAddresses({
      lo0: [address('IPv4', '127.0.0.1', true), address('IPv6', '::1', true)],
      en0: [address('IPv6', 'fe80::1'), address('IPv6', '2001:db8::7'), address('IPv4', '192.168.1.7')],
      en1: [address('IPv4', '169.254.3.4'), address('IPv4', '192.168.1.7')],
      awdl0: undefined,
    }),
  ).toEqual(['192.168.1.7', '2001:db8::7']);
});

describe('ssh facts', () => {
  let temp: TempFolder;
  beforeEach(async () => {
    temp = await makeTempFolder('ssh-facts');
  });
  afterEach(() => temp.remove());

  const platformWith = (...folders: string[]) => ({
    ...linuxPlatform,
    hostKeyFolders: folders,
    readHostNames: () => Promise.resolve(['studio.local', 'not a name']),
  });

  it('hold the public host keys of the first folder that has any, without comments, and no DSA', async () => {
    const [empty, folder] = [join(temp.path, 'empty'), join(temp.path, 'ssh')];
    await mkdir(folder);
    await writeFile(join(folder, 'ssh_host_ed25519_key.pub'), `ssh-ed25519 ${blob} root@studio\n`);
    await writeFile(join(folder, 'ssh_host_dsa_key.pub'), 'ssh-dss AAAAB3NzaC1kc3MAAA root@studio\n');
    await writeFile(join(folder, 'ssh_host_rsa_key'), 'PRIVATE');

    const facts = await readSshFacts(platformWith(empty, folder), {});

    expect(facts).toMatchObject({ port: 22, user: userInfo().username, hostKeys: [`ssh-ed25519 ${blob}`] });
    expect(facts?.addresses.at(-1)).toBe('studio.local');
  });

  it('are what the settings say instead', async () => {
    const file = join(temp.path, 'key.pub');
    await writeFile(file, `ssh-ed25519 ${blob}\n`);
    const settings = { addresses: ['203.0.113.5'], port: 2222, user: 'backup', hostKeyFiles: [file] };

    expect(await readSshFacts(platformWith(), settings)).toEqual({
      addresses: ['203.0.113.5'],
      port: 2222,
      user: 'backup',
      hostKeys: [`ssh-ed25519 ${blob}`],
    });
  });

  it('are none without host keys', async () => {
    expect(await readSshFacts(platformWith(temp.path), {})).toBeNull();
    expect(parseHostKey('-----BEGIN OPENSSH PRIVATE KEY-----')).toEqual([]);
  });
});

describe('programs', () => {
  it('are read when they succeed, and count as silent when missing or failing', async () => {
    expect(await readProgram('/bin/echo', ['hello'])).toBe('hello\n');
    expect(await readProgram('/bin/false', [])).toBeUndefined();
    expect(await readProgram('/no/such/program', [])).toBeUndefined();
  });

  it('of our own run with nothing but the environment given, and say how they ended', async () => {
    const temp = await makeTempFolder('script');
    const script = join(temp.path, 'script.sh');
    await writeFile(script, 'echo "$1 ${HOME-unset} ${GIVEN-unset}" >&2; exit 3\n');

    expect(await runScript(script, ['a b'], { GIVEN: 'given' })).toEqual({
      exitCode: 3,
      stderr: 'a b unset given\n',
    });
    await temp.remove();
  });

  it('that keep the machine awake end when they are let go, and with the transfer', async () => {
    const transfer = spawn('/bin/sleep', ['60']);
    const exits = jest.fn();
    const hold = await holdWithProcess('/usr/bin/tail', [`--pid=${transfer.pid}`, '-f', '/dev/null'], 'held');
    transfer.on('exit', exits);
    expect(hold.description).toBe('held');

    hold.release();
    hold.release();
    transfer.kill();
    await waitFor('the end of the transfer', () => exits.mock.calls.length > 0);
  });

  it('that cannot be started hold nothing, and say so', async () => {
    expect((await holdWithProcess('/no/such/program', [], 'held')).description).toContain('may fall asleep');
  });
});
