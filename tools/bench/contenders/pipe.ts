import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runMeasured } from '../measure/run-measured';
import { FAR_HOST } from '../run/far-end';
import type { Contender } from './contender';

// The fastest that OpenSSH has where processors do AES, and what our own configuration asks for first.
const CIPHER = 'aes128-gcm@openssh.com';

/** How fast bytes go through one ssh when nobody reads, compares or writes files: the limit of every single stream. */
export const pipeLimit: Contender = {
  name: 'pipe',
  command: `cat files | ssh -c ${CIPHER} 'cat >/dev/null'`,
  program: { name: 'ssh', versionArgument: '-V' },
  kind: 'limit',
  reference: 'rsync',
  keeps: 'everything',
  excuses: [],
  rounds: 'all',
  open: (stage) =>
    Promise.resolve({
      run: async ({ sshConfig, ...limits }) => {
        const files = (await readdir(stage.source)).map((name) => join(stage.source, name));
        const script = `cat "$@" | ssh -F ${sshConfig} -c ${CIPHER} ${FAR_HOST} 'cat >/dev/null'`;
        return runMeasured('/bin/sh', ['-c', script, 'pipe', ...files], limits);
      },
      reveal: () => Promise.resolve(undefined),
    }),
};
