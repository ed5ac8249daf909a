import type { PullInput, PushInput } from '../rsync/transfer-input';
import { negotiationOf } from './negotiations';

/** A full push into a mirror behind the gate, from one new Mac to another. */
export const buildPush = (changes: Partial<PushInput> = {}): PushInput => ({
  negotiation: negotiationOf('3.5.0', '3.5.0'),
  direction: 'push',
  far: {
    kind: 'gate',
    rsyncPath: 'fc rsync /Volumes/Backup/ann-mac/home 0b9bd0f2 3',
    moduleRoot: '',
    sshConfigFile: '/var/attempt/ssh_config',
  },
  mode: { kind: 'mirror', archiveName: '2026-01-02T030405Z' },
  pass: { kind: 'full' },
  sourcePaths: ['/Users/ann'],
  filterFile: '/var/attempt/filter',
  compression: { method: 'zstd', level: 3 },
  ...changes,
});

/** The same the other way round, from an account's shell. */
export const buildPull = (changes: Partial<PullInput> = {}): PullInput => ({
  ...buildPush(),
  negotiation: negotiationOf('3.5.0', '3.5.0', { direction: 'pull' }),
  direction: 'pull',
  far: { kind: 'shell', rsyncPath: '/opt/homebrew/bin/rsync', sshConfigFile: '/var/attempt/ssh_config' },
  destinationFolder: '/Volumes/Backup/ann-mac/home',
  ...changes,
});
