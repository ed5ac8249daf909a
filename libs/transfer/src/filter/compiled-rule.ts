import type { FilterRule } from './filter-rule';
import {
  afterAnySlash,
  afterFirstSlash,
  countSlashes,
  isGlobstar,
  isStar,
  literalText,
  longestText,
  matchesWildcard,
  parseWildcard,
  splitWildcard,
  type Wildcard,
} from './wildcard';

/** What a name has to be like. */
export type NameTest =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'suffix'; readonly text: string }
  | { readonly kind: 'prefix'; readonly text: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'wildcard'; readonly wildcard: Wildcard };

/** What the folder around the name has to be like; its path is absolute, and empty for `/` itself. */
export type FolderTest =
  /** The whole path. */
  | { readonly kind: 'path'; readonly text: string }
  /** The end of the path: some whole names. */
  | { readonly kind: 'tail'; readonly text: string }
  | { readonly kind: 'wildcard'; readonly wildcard: Wildcard };

interface CompiledParts {
  /** Its place in the list of rules: the first one that matches decides. */
  readonly order: number;
  readonly isExclude: boolean;
  readonly isForFolders: boolean;
}

/** A rule in the form in which it is quickest to test. */
export type CompiledRule = CompiledParts &
  (
    | { readonly scope: 'name'; readonly name: NameTest }
    | { readonly scope: 'child'; readonly folder: FolderTest; readonly name: NameTest }
    /** With `**`: for the whole path. */
    | {
        readonly scope: 'path';
        readonly wildcard: Wildcard;
        readonly coversFolderItself: boolean;
        /** Two quick tests that spare most paths the slow one: the name alone, if it can be told, and some text. */
        readonly name: NameTest | null;
        readonly needle: string;
      }
  );

/** Null for a rule that matches nothing. Patterns become bytes as in the filter file. */
export function compileRule({ kind, pattern }: FilterRule, order: number): CompiledRule | null {
  const bytes = Buffer.from(pattern).toString('latin1');
  const isForFolders = bytes.length > 1 && bytes.endsWith('/');
  const text = isForFolders ? bytes.slice(0, -1) : bytes;
  const parts: CompiledParts = { order, isExclude: kind === 'exclude', isForFolders };
  return /[*?[]/.test(text) ? compileWildcard(text, bytes, parts) : compileLiteral(text, parts);
}

/** Without a wildcard nothing is special but slashes; not even a backslash. */
function compileLiteral(text: string, parts: CompiledParts): CompiledRule | null {
  const slash = text.lastIndexOf('/');
  const name: NameTest = { kind: 'literal', text: text.slice(slash + 1) };
  if (slash < 0) return { ...parts, scope: 'name', name };
  return { ...parts, scope: 'child', folder: folderOf(text.slice(0, slash), text.startsWith('/')), name };
}

function compileWildcard(text: string, bytes: string, parts: CompiledParts): CompiledRule | null {
  const wildcard = parseWildcard(text);
  if (wildcard === null) return null;
  const isAnchored = text.startsWith('/');
  if (text.includes('**')) return { ...parts, ...pathRule(wildcard, text, bytes.endsWith('***')) };
  if (!text.includes('/')) return { ...parts, scope: 'name', name: nameTest(wildcard) };
  // As many names as the pattern has slashes and one are compared; a slash within a class counts, and matches nothing.
  if (!isAnchored && countSlashes(wildcard) !== text.split('/').length - 1) return null;
  const { above, last } = splitWildcard(wildcard);
  return { ...parts, scope: 'child', folder: folderTest(above, isAnchored), name: nameTest(last) };
}

function pathRule(
  pattern: Wildcard,
  text: string,
  coversFolderItself: boolean,
): Omit<Extract<CompiledRule, { scope: 'path' }>, keyof CompiledParts> {
  // At the very start `**` stands for what comes after the first slash: `**/Users` is not `/Users`.
  const isFromStart = text.startsWith('**');
  const wildcard = text.startsWith('/')
    ? pattern
    : isFromStart
      ? afterFirstSlash(pattern)
      : afterAnySlash(pattern);
  const { last } = splitWildcard(wildcard);
  const name = last.tokens.some(isGlobstar) ? null : nameTest(last);
  return { scope: 'path', wildcard, coversFolderItself, name, needle: longestText(wildcard) };
}

function folderTest(above: Wildcard, isAnchored: boolean): FolderTest {
  const text = literalText(above);
  if (text === null) return { kind: 'wildcard', wildcard: isAnchored ? above : afterAnySlash(above) };
  return folderOf(text, isAnchored);
}

const folderOf = (text: string, isAnchored: boolean): FolderTest =>
  isAnchored ? { kind: 'path', text } : { kind: 'tail', text: `/${text}` };

function nameTest(wildcard: Wildcard): NameTest {
  const text = literalText(wildcard);
  if (text !== null) return { kind: 'literal', text };
  const { tokens, classes } = wildcard;
  if (tokens.length === 1 && isStar(tokens[0])) return { kind: 'any' };
  const withoutFirst = literalText({ tokens: tokens.slice(1), classes });
  if (isStar(tokens[0]) && withoutFirst !== null) return { kind: 'suffix', text: withoutFirst };
  const withoutLast = literalText({ tokens: tokens.slice(0, -1), classes });
  if (isStar(tokens.at(-1)) && withoutLast !== null) return { kind: 'prefix', text: withoutLast };
  return { kind: 'wildcard', wildcard };
}

export function matchesName(test: NameTest, name: string): boolean {
  switch (test.kind) {
    case 'literal':
      return name === test.text;
    case 'suffix':
      return name.endsWith(test.text);
    case 'prefix':
      return name.startsWith(test.text);
    case 'any':
      return true;
    case 'wildcard':
      return matchesWildcard(test.wildcard, name);
  }
}

/** `path` is absolute, or empty for `/`. */
export function matchesFolder(test: FolderTest, path: string): boolean {
  switch (test.kind) {
    case 'path':
      return path === test.text;
    case 'tail':
      return path.endsWith(test.text);
    case 'wildcard':
      return matchesWildcard(test.wildcard, path);
  }
}

/** The name that every folder in question has; null when it can have several. */
export function nameOfFolder(test: FolderTest): string | null {
  if (test.kind === 'wildcard') return literalText(splitWildcard(test.wildcard).last);
  return test.text.slice(test.text.lastIndexOf('/') + 1);
}
