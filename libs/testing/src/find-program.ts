import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

// sshd lives outside an ordinary user's PATH, and Homebrew's programs outside launchd's.
const EXTRA_FOLDERS = [
  '/usr/local/bin',
  '/usr/local/sbin',
  '/opt/homebrew/bin',
  '/opt/homebrew/sbin',
  '/usr/bin',
  '/usr/sbin',
  '/sbin',
];

/** No program of the wanted names is installed; the message says how to get one. */
export class ProgramMissingError extends Error {
  override readonly name = 'ProgramMissingError';
}

/** The absolute path of the first of these programs found on PATH or in the usual system folders. */
export function findProgram(names: readonly string[], howToGetIt: string): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...EXTRA_FOLDERS].filter((folder) =>
    folder.startsWith('/'),
  );
  for (const name of names) {
    const found = folders.map((folder) => join(folder, name)).find(isExecutableFile);
    if (found !== undefined) return found;
  }
  throw new ProgramMissingError(`${names.join(' or ')} is not installed: ${howToGetIt}`);
}

function isExecutableFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
