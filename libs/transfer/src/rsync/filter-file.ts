import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where rsync keeps files that are not complete or not yet in place, beside the files they will become. */
export const PARTIAL_FOLDER = '.fleetclone-partial';

/** A pattern that cannot be an rsync filter rule. */
export class ExcludePatternError extends Error {
  override readonly name = 'ExcludePatternError';
  readonly code = 'TRANSFER.EXCLUDE_INVALID';

  constructor(readonly pattern: string) {
    super('an exclude pattern must not be empty, longer than 4,096 characters or hold NUL');
  }
}

/**
 * Writes the filter rules of a copy into the attempt's folder and returns the file's path; throws ExcludePatternError.
 * Patterns are those of rsync(1), "PATTERN MATCHING RULES"; a leading slash means the source Mac's `/`.
 */
export async function writeFilterFile(folder: string, excludes: readonly string[]): Promise<string> {
  const path = join(folder, 'filter');
  await writeFile(path, renderFilterFile(excludes), { mode: 0o600 });
  return path;
}

/** Rules end in NUL (`--from0`), so that no pattern can hold another rule after a line end. */
export function renderFilterFile(excludes: readonly string[]): string {
  const bad = excludes.find((pattern) => pattern === '' || pattern.length > 4096 || pattern.includes('\0'));
  if (bad !== undefined) throw new ExcludePatternError(bad);
  // "Risk": after a clean run nothing needs the leftovers of interrupted ones, so --delete-after may take them away.
  // It stands first because the first rule that matches decides.
  const rules = [`R ${PARTIAL_FOLDER}/`, ...excludes.map((pattern) => `- ${pattern}`)];
  return rules.map((rule) => `${rule}\0`).join('');
}
