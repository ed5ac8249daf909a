import { runMeasured } from '../measure/run-measured';
import type { Contender } from './contender';

const OPTIONS = [
  ...['--sftp-disable-hashcheck', '--transfers', '8', '--checkers', '8', '--links'],
  // Else it takes two names that differ in Unicode's form only for one, and leaves a file out.
  '--no-unicode-normalization',
];

/** Plain files over sftp, by its own ssh. With hash checks it starts a program at the far end for every file. */
export const rclone: Contender = {
  name: 'rclone',
  command: `rclone sync ${OPTIONS.join(' ')}, over sftp`,
  program: { name: 'rclone', versionArgument: 'version' },
  kind: 'peer',
  reference: 'rsync',
  keeps: 'contents',
  excuses: [],
  rounds: 'once',
  open: ({ source, destination, far }) =>
    Promise.resolve({
      run: ({ port, sshConfig: _own, ...limits }) => {
        const ssh = ['--sftp-host', '127.0.0.1', '--sftp-port', String(port), '--sftp-user', far.user];
        const args = ['sync', source, `:sftp:${destination}`, ...OPTIONS, ...ssh];
        const key = ['--sftp-key-file', far.plainKey, '--config', '/dev/null', '--quiet'];
        return runMeasured('rclone', [...args, ...key], limits);
      },
      reveal: () => Promise.resolve(destination),
    }),
};
