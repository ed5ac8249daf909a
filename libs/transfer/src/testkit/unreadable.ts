import { execFile } from 'node:child_process';
import { chmod, chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '@fleetclone/testing';

const run = promisify(execFile);
const NOBODY = 65_534;

/** A way to let rsync meet a file that it may not read, or the reason why there is none here. */
export type UnreadableMeans =
  | {
      /** Runs rsync with no more rights than an ordinary user; undefined where it has no more anyway. */
      readonly makeBinary: (folder: string, rsync: string) => Promise<string | undefined>;
      readonly lock: (path: string) => Promise<void>;
    }
  | { readonly missing: string };

/** As an ordinary user a mode is enough; root on Linux gives up the capability that lets it pass. */
export function unreadableMeans(): UnreadableMeans {
  if (process.getuid?.() !== 0) {
    return { makeBinary: () => Promise.resolve(undefined), lock: (path) => chmod(path, 0o000) };
  }
  if (process.platform !== 'linux') return { missing: 'root reads every file on this platform' };
  const setpriv = findProgram(['setpriv'], 'apt-get install util-linux');
  return {
    makeBinary: async (folder, rsync) => {
      const path = join(folder, 'rsync-without-rights');
      const rights = '--bounding-set=-dac_override,-dac_read_search';
      await writeFile(path, `#!/bin/sh\nexec '${setpriv}' ${rights} '${rsync}' "$@"\n`, { mode: 0o755 });
      await run(path, ['--version']);
      return path;
    },
    lock: async (path) => {
      await chmod(path, 0o600);
      await chown(path, NOBODY, NOBODY);
    },
  };
}
