/** Reads os-release(5): its PRETTY_NAME, with the shell quoting undone. */
export function parseOsRelease(text: string): string | undefined {
  const [, value] = /^PRETTY_NAME=(.*)$/m.exec(text) ?? [];
  const unquoted = value
    ?.trim()
    .replace(/^(["'])(.*)\1$/, '$2')
    .replace(/\\(.)/g, '$1');
  return unquoted === '' ? undefined : unquoted;
}
