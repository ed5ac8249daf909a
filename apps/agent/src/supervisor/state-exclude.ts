/**
 * The exclude rule that keeps the agent's own state, with its private keys, out of every copy; rsync(1), "PATTERN MATCHING
 * RULES": anchored at the source's `/`, and a backslash escapes only in patterns that hold a wildcard.
 */
export function excludeOf(folder: string): string {
  return /[*?[]/.test(folder) ? folder.replace(/[\\*?[]/g, '\\$&') : folder;
}
