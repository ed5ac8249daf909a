import { join } from 'node:path';
import { runMeasured } from '../measure/run-measured';
import { FAR_HOST } from '../run/far-end';
import { removeTree } from '@fleetclone/testing';
import type { Contender } from './contender';

/** Chunks, deduplicated, compressed and encrypted: not a copy that can be read without it. */
export const restic: Contender = {
  name: 'restic',
  command: 'restic backup, over sftp',
  program: { name: 'restic', versionArgument: 'version' },
  kind: 'peer',
  reference: 'rsync',
  keeps: 'everything',
  excuses: [
    {
      why: 'link targets that are not UTF-8 are changed',
      // Such bytes are spelled out where they are shown.
      covers: ({ what }) => what.startsWith('link target: ') && what.includes('\\x'),
    },
  ],
  rounds: 'all',
  open: async ({ source, destination, scratch }) => {
    const env = { RESTIC_PASSWORD: 'bench', RESTIC_CACHE_DIR: join(scratch, 'cache') };
    const untimed = { env, timeoutMs: 300_000 };
    await runMeasured('restic', ['-r', destination, 'init'], {
      ...untimed,
      signal: new AbortController().signal,
    });
    const restored = join(scratch, 'restored');
    return {
      run: ({ sshConfig, ...limits }) => {
        const sftp = `sftp.command=ssh -F ${sshConfig} ${FAR_HOST} -s sftp`;
        const repository = `sftp:${FAR_HOST}:${destination}`;
        const args = ['-r', repository, '-o', sftp, '--quiet', 'backup', source];
        return runMeasured('restic', args, { ...limits, env });
      },
      reveal: async (signal) => {
        const args = ['-r', destination, '--quiet', 'restore', 'latest', '--target', restored];
        await runMeasured('restic', args, { ...untimed, signal });
        return join(restored, source);
      },
      conceal: () => removeTree(restored),
    };
  },
};
