import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertPattern, type FilterRule, PARTIAL_FOLDER, patternOfPath } from './filter-rule';

/**
 * Writes the filter rules of a copy of these roots (see `normaliseSourcePaths`) into the attempt's folder and returns
 * the file's path; throws FilterPatternError.
 */
export async function writeFilterFile(
  folder: string,
  rules: readonly FilterRule[],
  sourceRoots: readonly string[],
  name = 'filter',
): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, renderFilterFile(rules, sourceRoots), { mode: 0o600 });
  return path;
}

// What interrupted runs left is of no use at the other end ("hide"), and after a clean run it may go ("risk", else
// --delete-after would spare it).
const LEFTOVERS = [`H ${PARTIAL_FOLDER}/`, `R ${PARTIAL_FOLDER}/`] as const;

const PREFIX: Readonly<Record<FilterRule['kind'], string>> = { include: '+', exclude: '-', protect: 'P' };

/**
 * The rules as rsync reads them with `--from0`: each ends in NUL, so that no pattern can hold another rule after a line
 * end, and the blank ends the rule's own letters, so that no pattern can add to them. Throws FilterPatternError.
 */
export function renderFilterFile(rules: readonly FilterRule[], sourceRoots: readonly string[]): string {
  for (const { pattern } of rules) assertPattern(pattern);
  // The first rule that matches decides, so ours stand first.
  return [...LEFTOVERS, ...rootRules(sourceRoots), ...rules.map(render)].map((rule) => `${rule}\0`).join('');
}

const render = ({ kind, pattern }: FilterRule): string => `${PREFIX[kind]} ${pattern}`;

/**
 * rsync filters even the roots it was told to copy: a plan for `/private/tmp/work` and the exclude `/private/tmp/*`
 * would end well and have copied nothing. And a receiving rsync before 3.4 (3.2.7: code 4) takes none of whose folders
 * above a root are excluded.
 */
function rootRules(sourceRoots: readonly string[]): readonly string[] {
  const above = sourceRoots.flatMap(foldersAbove).map((path) => `${path}/`);
  return [...new Set([...above, ...sourceRoots])].map((path) => `+ ${patternOfPath(path)}`);
}

/** The absolute folders that an absolute path lies in, from the top, without `/` itself. */
export function foldersAbove(path: string): readonly string[] {
  const names = path.split('/').slice(1, -1);
  return names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`);
}
