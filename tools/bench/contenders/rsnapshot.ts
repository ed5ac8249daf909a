import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '@fleetclone/testing';
import { runMeasured } from '../measure/run-measured';
import { FAR_HOST } from '../run/far-end';
import type { Contender } from './contender';

/** Snapshots with hard links, made by rsync and `cp -al`. It can only pull, so it runs at the destination. */
export const rsnapshot: Contender = {
  name: 'rsnapshot',
  command: 'rsnapshot daily, as a pull',
  program: { name: 'rsnapshot', versionArgument: 'version' },
  kind: 'peer',
  reference: 'rsync',
  keeps: 'everything',
  excuses: [],
  rounds: 'all',
  open: ({ source, destination, scratch, far }) =>
    Promise.resolve({
      run: async ({ sshConfig, ...limits }) => {
        const config = join(scratch, 'rsnapshot.conf');
        await writeFile(config, settings({ source, destination, scratch, sshConfig, user: far.user }));
        // 2 is a success with warnings.
        return runMeasured('rsnapshot', ['-c', config, 'daily'], { ...limits, good: [0, 2] });
      },
      reveal: () => Promise.resolve(join(destination, 'daily.0', 'bench', source)),
    }),
};

interface Settings {
  readonly source: string;
  readonly destination: string;
  readonly scratch: string;
  readonly sshConfig: string;
  readonly user: string;
}

/** Fields are parted by tabs. */
function settings({ source, destination, scratch, sshConfig, user }: Settings): string {
  const program = (name: string): string => findProgram([name], `install ${name}`);
  const lines: readonly (readonly string[])[] = [
    ['config_version', '1.2'],
    ['snapshot_root', `${destination}/`],
    ['lockfile', join(scratch, 'rsnapshot.pid')],
    ['cmd_cp', program('cp')],
    ['cmd_rm', program('rm')],
    ['cmd_rsync', program('rsync')],
    ['cmd_ssh', program('ssh')],
    ['ssh_args', `-F ${sshConfig}`],
    ['retain', 'daily', '1000'],
    ['rsync_short_args', '-aHAX'],
    ['backup', `${user}@${FAR_HOST}:${source}/`, 'bench/'],
  ];
  return lines.map((fields) => `${fields.join('\t')}\n`).join('');
}
