import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findProgram, ProgramMissingError } from '@fleetclone/testing';

const run = promisify(execFile);
const NAME = 'user.fleetclone.test';

export interface ExtendedAttributes {
  set(path: string, value: string): Promise<void>;
  get(path: string): Promise<string>;
}

/** The platform's own tools for one extended attribute; undefined where there are none. */
export function extendedAttributes(): ExtendedAttributes | undefined {
  try {
    return process.platform === 'darwin' ? macTools() : linuxTools();
  } catch (error) {
    if (error instanceof ProgramMissingError) return undefined;
    throw error;
  }
}

function macTools(): ExtendedAttributes {
  const xattr = findProgram(['xattr'], 'it comes with macOS');
  return {
    set: async (path, value) => {
      await run(xattr, ['-w', NAME, value, path]);
    },
    get: async (path) => (await run(xattr, ['-p', NAME, path])).stdout.trim(),
  };
}

function linuxTools(): ExtendedAttributes {
  const setfattr = findProgram(['setfattr'], 'apt-get install attr');
  const getfattr = findProgram(['getfattr'], 'apt-get install attr');
  return {
    set: async (path, value) => {
      await run(setfattr, ['-n', NAME, '-v', value, path]);
    },
    get: async (path) =>
      (await run(getfattr, ['--only-values', '--absolute-names', '-n', NAME, path])).stdout,
  };
}
