import type { FilterRule } from './filter-rule';
import { matchesWildcard, parseWildcard } from './wildcard';

/**
 * The rules as they read for an rsync that is given the content of one folder, and not its path: `folder` is absolute.
 * Null when one of them cannot be said like that.
 */
export function rulesInside(rules: readonly FilterRule[], folder: string): readonly FilterRule[] | null {
  const names = Buffer.from(folder).toString('latin1').slice(1).split('/');
  const inside: FilterRule[] = [];
  for (const { kind, pattern } of rules) {
    const patterns = patternsInside(pattern, names);
    if (patterns === null) return null;
    inside.push(...patterns.map((one) => ({ kind, pattern: one })));
  }
  return inside;
}

/** Null when what it matches cannot be told name by name. */
function patternsInside(pattern: string, names: readonly string[]): readonly string[] | null {
  const parts = pattern.replace(/\/$/, '').split('/');
  if (pattern.includes('**') || (parts.length > 1 && /[[\\]/.test(pattern))) return null;
  if (pattern.startsWith('/')) return restBelow(pattern.slice(1), names);
  // The end of a path decides, and that may begin above the folder.
  const aboves = names.map((_, index) => names.slice(index)).filter((above) => above.length < parts.length);
  return [pattern, ...aboves.flatMap((above) => restBelow(pattern, above))];
}

/** What is left of a pattern once its first names have matched these, anchored; nothing when they do not. */
function restBelow(pattern: string, names: readonly string[]): readonly string[] {
  const parts = pattern.split('/');
  if (!names.every((name, index) => matchesName(parts[index] ?? '', name))) return [];
  const rest = parts.slice(names.length).join('/');
  return rest === '' ? [] : [`/${rest}`];
}

function matchesName(part: string, name: string): boolean {
  const text = Buffer.from(part).toString('latin1');
  if (!/[*?]/.test(text)) return text === name;
  const wildcard = parseWildcard(text);
  return wildcard !== null && matchesWildcard(wildcard, name);
}
