import { byteClass } from './byte-class';

/** Any byte but a slash. */
const ANY = -1;
/** `*`: any number of bytes other than slashes. */
const STAR = -2;
/** `**`: any number of bytes. */
const GLOBSTAR = -3;
/** The classes are numbered downwards from here. */
const FIRST_CLASS = -4;

const SLASH = 0x2f;

/** A pattern in a form that can be matched; see `parseWildcard`. */
export interface Wildcard {
  /** Bytes, or one of the negative numbers above. */
  readonly tokens: readonly number[];
  /** For each class 256 marks, 1 for a byte that it takes. */
  readonly classes: readonly Uint8Array[];
}

/**
 * Reads rsync's wildcards, one character per byte. Null for patterns that never match: a class without an end or with
 * an unknown name, a backslash at the very end.
 */
export function parseWildcard(pattern: string): Wildcard | null {
  const tokens: number[] = [];
  const classes: Uint8Array[] = [];
  let at = 0;
  while (at < pattern.length) {
    const char = pattern.charAt(at);
    if (char === '*') {
      const begin = at;
      while (pattern.charAt(at) === '*') at += 1;
      tokens.push(at - begin === 1 ? STAR : GLOBSTAR);
      continue;
    }
    if (char === '[') {
      const found = byteClass(pattern, at + 1);
      if (found === null) return null;
      tokens.push(FIRST_CLASS - classes.length);
      classes.push(found.members);
      at = found.end;
      continue;
    }
    if (char === '\\') at += 1;
    if (at === pattern.length) return null;
    tokens.push(char === '?' ? ANY : pattern.charCodeAt(at));
    at += 1;
  }
  return { tokens, classes };
}

/** The wildcard as plain text when it holds nothing but literal bytes. */
export function literalText({ tokens }: Wildcard): string | null {
  return tokens.every((token) => token >= 0) ? String.fromCharCode(...tokens) : null;
}

/** The longest text that is part of everything matched. */
export function longestText({ tokens }: Wildcard): string {
  const runs = String.fromCharCode(...tokens.map((token) => Math.max(token, 0))).split('\0');
  return runs.reduce((longest, run) => (run.length > longest.length ? run : longest), '');
}

export const isStar = (token: number | undefined): boolean => token === STAR;
export const isGlobstar = (token: number | undefined): boolean => token === GLOBSTAR;

/** The pattern for an absolute path that matches what this one does after any of its slashes. */
export function afterAnySlash({ tokens, classes }: Wildcard): Wildcard {
  return { tokens: [GLOBSTAR, SLASH, ...tokens], classes };
}

/** The pattern for an absolute path that matches what this one does in a path without its first slash. */
export function afterFirstSlash({ tokens, classes }: Wildcard): Wildcard {
  return { tokens: [SLASH, ...tokens], classes };
}

/** Cuts at the last slash that stands for itself; there must be one. */
export function splitWildcard({ tokens, classes }: Wildcard): {
  readonly above: Wildcard;
  readonly last: Wildcard;
} {
  const slash = tokens.lastIndexOf(SLASH);
  return {
    above: { tokens: tokens.slice(0, slash), classes },
    last: { tokens: tokens.slice(slash + 1), classes },
  };
}

export const countSlashes = ({ tokens }: Wildcard): number =>
  tokens.filter((token) => token === SLASH).length;

/**
 * Whether the whole text is matched. Going back to the newest `*`, and where a slash bars it to the newest `**`, is
 * enough: what an older one could take instead, the newer one reaches too. So no pattern takes more than
 * O(text² · pattern), where plain backtracking would take for ever.
 */
export function matchesWildcard({ tokens, classes }: Wildcard, text: string): boolean {
  let at = 0;
  let token = 0;
  let starToken = -1;
  let starAt = 0;
  let globToken = -1;
  let globAt = 0;
  for (;;) {
    const wanted = tokens[token];
    if (wanted === STAR) {
      starToken = ++token;
      starAt = at;
      continue;
    }
    if (wanted === GLOBSTAR) {
      globToken = ++token;
      globAt = at;
      starToken = -1;
      continue;
    }
    if (at === text.length) {
      if (wanted === undefined) return true;
      // Taking more would leave less for what is still wanted.
      return false;
    }
    if (wanted !== undefined && takes(wanted, text.charCodeAt(at), classes)) {
      token += 1;
      at += 1;
      continue;
    }
    if (starToken >= 0 && text.charCodeAt(starAt) !== SLASH) {
      at = ++starAt;
      token = starToken;
    } else if (globToken >= 0) {
      at = ++globAt;
      token = globToken;
      starToken = -1;
    } else return false;
  }
}

function takes(token: number, byte: number, classes: readonly Uint8Array[]): boolean {
  if (token >= 0) return token === byte;
  if (token === ANY) return byte !== SLASH;
  return classes[FIRST_CLASS - token]?.[byte] === 1;
}
