import { basename, dirname, join } from 'node:path';
import { runMeasured } from '../measure/run-measured';
import { FAR_HOST } from '../run/far-end';
import type { Contender } from './contender';

/** A newest copy with times in whole seconds, and differences backwards from it; the rest is in files of its own. */
export const rdiffBackup: Contender = {
  name: 'rdiff-backup',
  command: 'rdiff-backup backup',
  program: { name: 'rdiff-backup', versionArgument: '--version' },
  kind: 'peer',
  reference: 'rsync',
  keeps: 'contents',
  excuses: [],
  rounds: 'once',
  open: ({ source, destination }) =>
    Promise.resolve({
      run: ({ sshConfig, ...limits }) => {
        const schema = `ssh -F ${sshConfig} {h} rdiff-backup server`;
        // It keeps its data beside the copy, so the copy is a folder within.
        const args = ['--api-version', '201', '--remote-schema', schema, 'backup', dirname(source)];
        return runMeasured('rdiff-backup', [...args, `${FAR_HOST}::${destination}`], limits);
      },
      reveal: () => Promise.resolve(join(destination, basename(source))),
    }),
};
