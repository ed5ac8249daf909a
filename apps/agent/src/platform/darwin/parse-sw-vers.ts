/** Reads `sw_vers`: "macOS 14.5 (23F79)". Older systems call themselves "Mac OS X"; 13 and later may add an extra part. */
export function parseSwVers(output: string): string | undefined {
  const fields = new Map(
    output.split('\n').flatMap((line) => {
      const [, name, value] = /^(\w+):\s+(.+?)\s*$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
  const version = fields.get('ProductVersion');
  if (version === undefined) return undefined;
  const extra = fields.get('ProductVersionExtra');
  const build = fields.get('BuildVersion');
  const name = fields.get('ProductName') ?? 'macOS';
  return `${name} ${version}${extra === undefined ? '' : ` ${extra}`}${build === undefined ? '' : ` (${build})`}`;
}

/** Reads `scutil --get LocalHostName`: the Bonjour name without its `.local`. */
export function parseLocalHostName(output: string): string | undefined {
  const name = output.trim();
  return /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(name) ? `${name}.local` : undefined;
}
