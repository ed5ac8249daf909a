import { access, readFile } from 'node:fs/promises';
import type { MacPlatform } from '../mac-platform';
import { holdWithProcess, noHold } from '../awake-process';
import { parseOsRelease } from './parse-os-release';

const inhibitor = '/usr/bin/systemd-inhibit';

/** Linux, for backup targets, tests and the demo. */
export const linuxPlatform: MacPlatform = {
  platform: 'linux',
  rootStateFolder: '/var/lib/fleetclone-agent',
  rootGateFolder: '/var/lib/fleetclone-gate',
  hostKeyFolders: ['/etc/ssh'],
  async readOsVersion() {
    try {
      return parseOsRelease(await readFile('/etc/os-release', 'utf8')) ?? 'Linux';
    } catch {
      return 'Linux';
    }
  },
  readHostNames: () => Promise.resolve([]),
  async keepAwake(pid) {
    if (!(await isThere('/run/systemd/system')) || !(await isThere(inhibitor))) {
      return noHold('there is no systemd here to ask');
    }
    const what = ['--what=sleep:idle', '--who=Fleetclone', '--why=A backup is running', '--mode=block'];
    // The lock lasts as long as the command; tail ends with the transfer, even when the agent is killed before it.
    const command = ['/usr/bin/tail', `--pid=${pid}`, '-f', '/dev/null'];
    return holdWithProcess(
      inhibitor,
      [...what, ...command],
      'systemd-inhibit keeps this machine awake during the transfer',
    );
  },
};

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
