import { findProgram } from '@fleetclone/testing';
import { runProgram } from './run-program';

/** Sets and reads extended attributes with the platform's own tools, those of symbolic links among them. */
export interface AttributeTools {
  /** @param value in hexadecimal */
  set(path: string, name: string, value: string): Promise<unknown>;
  remove(path: string, name: string): Promise<unknown>;
  /** All of them with their values, sorted; on Linux access control lists are among them. */
  read(path: string): Promise<readonly string[]>;
}

export function attributeTools(): AttributeTools {
  return process.platform === 'darwin' ? macTools() : linuxTools();
}

/** Attributes that a gate which runs as that user can keep, by entry and name, in hexadecimal. */
export function attributesToKeep(uid: number): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const everybody = {
    file: {
      'user.text': '726564',
      'user.com.apple.metadata:kMDItemWhereFroms': `00ff${'0a25'.repeat(700)}`,
      'user.going away': '00',
    },
    folder: { 'user.text': '626c7565' },
    '.': { 'user.of the whole': '31' },
  };
  if (uid !== 0 || process.platform !== 'linux') return everybody;
  return {
    ...everybody,
    file: {
      ...everybody.file,
      'user.empty': '',
      'trusted.for root only': '01',
      'security.of somebody': '02',
      // Version 2; the owner, user 1234, the group, the mask, others: rwx, r-x, r--, r-x, r--.
      'system.posix_acl_access':
        '0200000001000700ffffffff02000500d204000004000400ffffffff10000500ffffffff20000400ffffffff',
    },
    // The name space "trusted" is the only one that a symbolic link can have.
    link: { 'trusted.of the link': '32' },
  };
}

function linuxTools(): AttributeTools {
  const setfattr = findProgram(['setfattr'], 'apt-get install attr');
  const getfattr = findProgram(['getfattr'], 'apt-get install attr');
  return {
    set: (path, name, value) => run([setfattr, '-h', '-n', name, '-v', `0x${value}`, path]),
    remove: (path, name) => run([setfattr, '-h', '-x', name, path]),
    read: async (path) => {
      const listing = await run([getfattr, '-h', '--absolute-names', '-d', '-m', '-', '-e', 'hex', path]);
      return listing
        .split('\n')
        .filter((line) => line.includes('='))
        .sort();
    },
  };
}

function macTools(): AttributeTools {
  const xattr = findProgram(['xattr'], 'it comes with macOS');
  return {
    set: (path, name, value) => run([xattr, '-s', '-w', '-x', name, value, path]),
    remove: (path, name) => run([xattr, '-s', '-d', name, path]),
    read: async (path) => {
      const names = (await run([xattr, '-s', path])).split('\n').filter((name) => name !== '');
      const values = names.map((name) => run([xattr, '-s', '-p', '-x', name, path]));
      const hex = (await Promise.all(values)).map((value) => value.replace(/\s/g, ''));
      return names.map((name, index) => `${name}=${hex[index]}`).sort();
    },
  };
}

async function run(argv: readonly string[]): Promise<string> {
  const env = { LC_ALL: 'C', PATH: process.env['PATH'] };
  const { exitCode, stdout, stderr } = await runProgram(argv, { env });
  if (exitCode !== 0) throw new Error(stderr);
  return stdout;
}
