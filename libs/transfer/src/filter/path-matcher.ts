import {
  type CompiledRule,
  compileRule,
  matchesFolder,
  matchesName,
  nameOfFolder,
  type NameTest,
} from './compiled-rule';
import type { FilterRule } from './filter-rule';
import { matchesWildcard } from './wildcard';

const SLASH = 0x2f;
/** Folders whose verdict is remembered. A scan comes back to few, and forgetting costs only time. */
const REMEMBERED_FOLDERS = 4096;

/**
 * Whether an entry is left out of a copy: `path` is absolute, as bytes or as a string with one character per byte.
 */
export type PathMatcher = (path: string | Buffer, isFolder: boolean) => boolean;

/**
 * Says of any path what rsync says when it sends these roots (absolute, see `normaliseSourcePaths`) whole, with
 * `--relative` and these rules: a folder that is left out hides all below it; the roots themselves and the folders
 * above them are never left out; what lies elsewhere always is. Made of plain data, so that a worker thread can make
 * its own.
 */
export function createPathMatcher(rules: readonly FilterRule[], sourceRoots: readonly string[]): PathMatcher {
  const selection = new Selection(new RuleIndex(rules), sourceRoots);
  return (path, isFolder) =>
    selection.isLeftOut(typeof path === 'string' ? path : path.toString('latin1'), isFolder);
}

/** What holds for all entries of a folder. */
interface FolderView {
  readonly path: string;
  readonly isLeftOut: boolean;
  /** Of the rules about names in certain folders those that mean this one, in their order. */
  readonly children: readonly ChildRule[];
}

class Selection {
  private readonly roots: ReadonlySet<string>;
  private readonly above = new Set<string>();
  private readonly views = new Map<string, FolderView>();
  private newest: FolderView | undefined;

  constructor(
    private readonly index: RuleIndex,
    sourceRoots: readonly string[],
  ) {
    this.roots = new Set(sourceRoots.map((root) => Buffer.from(root).toString('latin1')));
    for (const root of this.roots)
      for (let end = root.lastIndexOf('/'); end >= 0; end = root.lastIndexOf('/', end - 1)) {
        this.above.add(root.slice(0, end));
        if (end === 0) break;
      }
  }

  isLeftOut(path: string, isFolder: boolean): boolean {
    const slash = lastSlash(path);
    const view = this.viewAround(path, slash);
    // Roots and what is above them lie, if not in a root, in folders of which all else is left out.
    if (view.isLeftOut) return !this.roots.has(path) && !this.above.has(path);
    return this.index.excludes(path, path.slice(slash + 1), isFolder, view);
  }

  /** Of the folder that the path lies in: mostly the one that the path before lay in. */
  private viewAround(path: string, slash: number): FolderView {
    const { newest } = this;
    if (newest?.path.length === slash && path.startsWith(newest.path)) return newest;
    const folder = path.slice(0, slash);
    let view = this.views.get(folder);
    if (view === undefined) {
      view = { path: folder, isLeftOut: this.isFolderLeftOut(folder), ...this.index.rulesIn(folder) };
      if (this.views.size >= REMEMBERED_FOLDERS) this.views.clear();
      this.views.set(folder, view);
    }
    this.newest = view;
    return view;
  }

  private isFolderLeftOut(folder: string): boolean {
    if (this.roots.has(folder)) return false;
    return folder === '' || this.above.has(folder) || this.isLeftOut(folder, true);
  }
}

/** Not `lastIndexOf`, which costs more than all else that is done for most paths. */
function lastSlash(path: string): number {
  let at = path.length - 1;
  while (at >= 0 && path.charCodeAt(at) !== SLASH) at -= 1;
  return at;
}

type NameRule = Extract<CompiledRule, { scope: 'name' }>;
type ChildRule = Extract<CompiledRule, { scope: 'child' }>;
type PathRule = Extract<CompiledRule, { scope: 'path' }>;

/** Rules where they are quickly found. The first one that matches is the one of the lowest order. */
class RuleIndex {
  private readonly namesByText = new Map<string, NameRule[]>();
  private readonly namesByLastByte = new Map<number, NameRule[]>();
  private readonly otherNames: NameRule[] = [];
  private readonly childrenByFolder = new Map<string, ChildRule[]>();
  private readonly otherChildren: ChildRule[] = [];
  private readonly paths: PathRule[] = [];

  constructor(rules: readonly FilterRule[]) {
    rules.forEach((rule, order) => {
      // Only the receiving end minds what is protected.
      const compiled = rule.kind === 'protect' ? null : compileRule(rule, order);
      if (compiled !== null) this.add(compiled);
    });
  }

  rulesIn(folder: string): Pick<FolderView, 'children'> {
    const named = this.childrenByFolder.get(folder.slice(lastSlash(folder) + 1)) ?? [];
    const children = [...named, ...this.otherChildren].filter((rule) => matchesFolder(rule.folder, folder));
    return { children: children.sort((a, b) => a.order - b.order) };
  }

  excludes(path: string, name: string, isFolder: boolean, { children }: FolderView): boolean {
    let found = firstOf(this.namesByText.get(name), name, isFolder, undefined);
    found = firstOf(this.namesByLastByte.get(name.charCodeAt(name.length - 1)), name, isFolder, found);
    found = firstOf(this.otherNames, name, isFolder, found);
    found = firstOf(children, name, isFolder, found);
    found = this.firstPathRule(path, name, isFolder, found);
    return found?.isExclude ?? false;
  }

  private firstPathRule(
    path: string,
    name: string,
    isFolder: boolean,
    found: CompiledRule | undefined,
  ): CompiledRule | undefined {
    for (const rule of this.paths) {
      if (found !== undefined && found.order < rule.order) return found;
      if (rule.isForFolders && !isFolder) continue;
      if (rule.name !== null && !matchesName(rule.name, name)) continue;
      const text = isFolder && rule.coversFolderItself ? `${path}/` : path;
      if (text.includes(rule.needle) && matchesWildcard(rule.wildcard, text)) return rule;
    }
    return found;
  }

  private add(rule: CompiledRule): void {
    if (rule.scope === 'path') this.paths.push(rule);
    else if (rule.scope === 'child') {
      const folder = nameOfFolder(rule.folder);
      if (folder === null) this.otherChildren.push(rule);
      else push(this.childrenByFolder, folder, rule);
    } else if (rule.name.kind === 'literal') push(this.namesByText, rule.name.text, rule);
    else {
      const last = lastByteOf(rule.name);
      if (last === null) this.otherNames.push(rule);
      else push(this.namesByLastByte, last, rule);
    }
  }
}

/** The first of the rules that matches, unless `found` comes before it. */
function firstOf(
  rules: readonly (NameRule | ChildRule)[] | undefined,
  name: string,
  isFolder: boolean,
  found: CompiledRule | undefined,
): CompiledRule | undefined {
  if (rules === undefined) return found;
  for (const rule of rules) {
    if (found !== undefined && found.order < rule.order) return found;
    if ((isFolder || !rule.isForFolders) && matchesName(rule.name, name)) return rule;
  }
  return found;
}

/** The byte that every matching name ends with; null when there is no such one. */
function lastByteOf(test: NameTest): number | null {
  if (test.kind === 'suffix') return test.text.charCodeAt(test.text.length - 1);
  const last = test.kind === 'wildcard' ? test.wildcard.tokens.at(-1) : undefined;
  return last !== undefined && last >= 0 ? last : null;
}

function push<K, R>(map: Map<K, R[]>, key: K, rule: R): void {
  const rules = map.get(key);
  if (rules === undefined) map.set(key, [rule]);
  else rules.push(rule);
}
