import type { MacPlatform } from '../mac-platform';
import { holdWithProcess } from '../awake-process';
import { readProgram } from '../run-program';
import { parseLocalHostName, parseSwVers } from './parse-sw-vers';

/** macOS. `-s` of caffeinate counts on mains power only, and a closed lid on battery wins over all of them. */
export const darwinPlatform: MacPlatform = {
  platform: 'darwin',
  rootStateFolder: '/Library/Application Support/Fleetclone',
  rootGateFolder: '/Library/Fleetclone',
  // Before 10.11 the keys lay in /etc itself.
  hostKeyFolders: ['/etc/ssh', '/etc'],
  async readOsVersion() {
    return parseSwVers((await readProgram('/usr/bin/sw_vers', [])) ?? '') ?? 'macOS';
  },
  async readHostNames() {
    const name = parseLocalHostName(
      (await readProgram('/usr/sbin/scutil', ['--get', 'LocalHostName'])) ?? '',
    );
    return name === undefined ? [] : [name];
  },
  keepAwake(pid) {
    const args = ['-i', '-m', '-s', '-w', String(pid)];
    return holdWithProcess(
      '/usr/bin/caffeinate',
      args,
      'caffeinate keeps this Mac awake during the transfer',
    );
  },
};
