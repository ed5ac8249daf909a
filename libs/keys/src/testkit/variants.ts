import { realpathSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram, ProgramMissingError } from '@fleetclone/testing';

export interface Variant {
  readonly name: string;
  /** Program and first arguments. */
  readonly argv: readonly string[];
}

/** Every shell on this machine that a Mac's /bin/sh is or could be; the system's own first. */
export const shells: readonly Variant[] = found([
  ['sh'],
  ['dash'],
  ['bash', '--posix'],
  ['busybox', 'sh'],
  ['ksh'],
]);

/** Every awk on this machine; macOS has the one true awk. */
export const awks: readonly Variant[] = found([
  ['awk'],
  ['mawk'],
  ['busybox'],
  ['original-awk'],
  ['bwk'],
  ['gawk'],
]);

/** Makes a folder whose `awk` is that one; busybox goes by the name it is called by. */
export async function binFolderWithAwk(parent: string, awk: Variant): Promise<string> {
  const folder = join(parent, `bin-${awk.name}`);
  await mkdir(folder);
  await symlink(awk.argv[0] ?? '', join(folder, 'awk'));
  return folder;
}

function found(candidates: readonly (readonly [string, ...string[]])[]): Variant[] {
  const variants = new Map<string, Variant>();
  for (const [program, ...args] of candidates) {
    const path = find(program);
    if (path === undefined) continue;
    const key = [realpathSync(path), ...args].join(' '); // one program often has two names
    if (!variants.has(key)) variants.set(key, { name: [program, ...args].join(' '), argv: [path, ...args] });
  }
  return [...variants.values()];
}

function find(program: string): string | undefined {
  try {
    return findProgram([program], 'optional');
  } catch (error) {
    if (error instanceof ProgramMissingError) return undefined;
    throw error;
  }
}
