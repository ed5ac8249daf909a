import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '@fleetclone/testing';
import { runMeasured } from '../measure/run-measured';
import { FAR_HOST } from '../run/far-end';
import type { Contender } from './contender';

const OPTIONS = ['-aHAX', '--numeric-ids', '--delete'];

/** What somebody who knows rsync types; everything else is compared with this. */
export const plainRsync: Contender = {
  name: 'rsync',
  command: `rsync ${OPTIONS.join(' ')} -e ssh`,
  program: { name: 'rsync', versionArgument: '--version' },
  kind: 'rsync',
  reference: 'rsync',
  keeps: 'everything',
  excuses: [],
  rounds: 'all',
  open: (stage) => {
    const rsync = findRsync();
    return Promise.resolve({
      run: ({ sshConfig, ...limits }) => {
        const to = `${FAR_HOST}:${stage.destination}/`;
        return runMeasured(rsync, [...OPTIONS, '-e', `ssh -F ${sshConfig}`, `${stage.source}/`, to], limits);
      },
      reveal: () => Promise.resolve(stage.destination),
    });
  },
};

/** A readable tree for each run, with hard links to the one before: what snapshots are compared with. */
export const rsyncLinkDest: Contender = {
  name: 'rsync-link-dest',
  command: `rsync ${OPTIONS.join(' ')} --link-dest=../<the one before> -e ssh`,
  program: { name: 'rsync', versionArgument: '--version' },
  kind: 'rsync',
  reference: 'rsync-link-dest',
  keeps: 'everything',
  excuses: [],
  rounds: 'all',
  open: (stage) => {
    const rsync = findRsync();
    const newest = async (): Promise<number> =>
      Math.max(0, ...(await readdir(stage.destination)).map((name) => Number(name)));
    return Promise.resolve({
      run: async ({ sshConfig, ...limits }) => {
        const before = await newest();
        const link = before === 0 ? [] : [`--link-dest=../${before}`];
        const to = `${FAR_HOST}:${stage.destination}/${before + 1}/`;
        const args = [...OPTIONS, ...link, '-e', `ssh -F ${sshConfig}`, `${stage.source}/`, to];
        return runMeasured(rsync, args, limits);
      },
      reveal: async () => join(stage.destination, String(await newest())),
    });
  },
};

function findRsync(): string {
  return findProgram(['rsync'], 'apt-get install rsync, or brew install rsync');
}
