import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { removeTree } from '@fleetclone/testing';
import { runMeasured } from '../measure/run-measured';
import { FAR_HOST } from '../run/far-end';
import type { Contender } from './contender';

const QUIET = {
  BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK: 'yes',
  BORG_RELOCATED_REPO_ACCESS_IS_OK: 'yes',
};

/** Chunks, deduplicated and compressed: not a copy that can be read without it. */
export const borg: Contender = {
  name: 'borg',
  command: 'borg create --compression lz4, not encrypted',
  program: { name: 'borg', versionArgument: '--version' },
  kind: 'peer',
  reference: 'rsync',
  keeps: 'everything',
  excuses: [
    {
      why: 'times after 2038 are cut to 2038',
      covers: ({ what }) => /^modified: (203[89]|20[4-9]\d)-/.test(what),
    },
  ],
  rounds: 'all',
  open: async ({ source, destination, scratch }) => {
    // Looking at the archive must not leave anything in the cache of the timed runs.
    const env = { ...QUIET, BORG_BASE_DIR: join(scratch, 'timed') };
    const untimed = { env: { ...QUIET, BORG_BASE_DIR: join(scratch, 'untimed') }, timeoutMs: 300_000 };
    await runMeasured('borg', ['init', '-e', 'none', destination], {
      ...untimed,
      signal: new AbortController().signal,
    });
    const restored = join(scratch, 'restored');
    let archives = 0;
    return {
      run: ({ sshConfig, ...limits }) => {
        archives += 1;
        const archive = `ssh://${FAR_HOST}${destination}::${archives}`;
        const args = ['create', '--rsh', `ssh -F ${sshConfig}`, '--compression', 'lz4', '--numeric-ids'];
        const options = { ...limits, env, cwd: dirname(source) };
        return runMeasured('borg', [...args, archive, basename(source)], options);
      },
      reveal: async (signal) => {
        await mkdir(restored);
        const args = ['extract', '--numeric-ids', `${destination}::${archives}`];
        await runMeasured('borg', args, { ...untimed, signal, cwd: restored });
        return join(restored, basename(source));
      },
      conceal: () => removeTree(restored),
    };
  },
};
