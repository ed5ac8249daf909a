/** What `rsync --version` says of itself. */
export interface RsyncVersion {
  readonly flavour: 'gnu' | 'openrsync';
  readonly version: readonly [number, number, number];
  readonly protocol: number;
  readonly capabilities: RsyncCapabilities;
  /** Compression methods by name, in the program's own order of preference; empty before 3.2. */
  readonly compressions: readonly string[];
}

/** Which kinds of metadata an rsync can carry. */
export interface RsyncCapabilities {
  readonly acls: boolean;
  readonly xattrs: boolean;
  readonly crtimes: boolean;
}

/**
 * Reads the output (stdout and stderr together) of `rsync --version`, or null when it is not rsync's. openrsync is
 * looked for first: it also prints "rsync version 2.6.9 compatible".
 */
export function parseRsyncVersion(output: string): RsyncVersion | null {
  const openrsync = /^openrsync: protocol version (\d+)/m.exec(output);
  if (openrsync !== null) {
    const none = { acls: false, xattrs: false, crtimes: false };
    return {
      flavour: 'openrsync',
      version: [2, 6, 9],
      protocol: Number(openrsync[1]),
      capabilities: none,
      compressions: [],
    };
  }
  const gnu = /^rsync\s+version v?(\d+)\.(\d+)\.(\d+)\S*\s+protocol version (\d+)/m.exec(output);
  if (gnu === null) return null;
  return {
    flavour: 'gnu',
    version: [Number(gnu[1]), Number(gnu[2]), Number(gnu[3])],
    protocol: Number(gnu[4]),
    capabilities: parseCapabilities(output),
    compressions: section(output, 'Compress list')
      .split(/\s+/)
      .filter((name) => name !== ''),
  };
}

/** Whether a version is at least the other one. */
export function isAtLeast(version: RsyncVersion['version'], least: RsyncVersion['version']): boolean {
  const at = version.findIndex((part, index) => part !== least[index]);
  return at === -1 || (version[at] ?? 0) > (least[at] ?? 0);
}

function parseCapabilities(output: string): RsyncCapabilities {
  const names = section(output, 'Capabilities')
    .split(/[,\s]+(?=\S)/)
    .join(' ')
    .toLowerCase();
  const has = (name: string): boolean => new RegExp(`(?<!no )\\b${name}\\b`).test(names);
  return { acls: has('acls'), xattrs: has('xattrs'), crtimes: has('crtimes') };
}

/** The indented lines below a heading. */
function section(output: string, heading: string): string {
  const lines = output.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`${heading}:`));
  if (start === -1) return '';
  const after = lines.slice(start + 1);
  const end = after.findIndex((line) => !/^\s/.test(line));
  return after
    .slice(0, end === -1 ? undefined : end)
    .join(' ')
    .trim();
}
