/** Apple's openrsync has options that the one it was made from lacks, and is another program in practice. */
export type RsyncFlavour = 'gnu' | 'apple-openrsync' | 'openrsync';

/** What `rsync --version` says of itself. */
export interface RsyncVersion {
  readonly flavour: RsyncFlavour;
  /** Of openrsync: the version of rsync that it calls itself compatible with. */
  readonly version: readonly [number, number, number];
  readonly protocol: number;
  readonly capabilities: RsyncCapabilities;
  /** Compression methods by name, in the program's own order of preference; empty before 3.2. */
  readonly compressions: readonly string[];
  /** Checksums by name, likewise. */
  readonly checksums: readonly string[];
}

/** What an rsync was built with, as far as it says so. */
export interface RsyncCapabilities {
  readonly acls: boolean;
  readonly xattrs: boolean;
  readonly crtimes: boolean;
  /** Flags such as "locked" (chflags): a patch that Homebrew and MacPorts apply. */
  readonly fileFlags: boolean;
  /** Modification times of symbolic links themselves. */
  readonly symlinkTimes: boolean;
  readonly iconv: boolean;
  /** Built to send arguments over its own protocol instead of the remote's shell, unless told otherwise. */
  readonly secludesArgs: boolean;
}

const OPENRSYNC = /^openrsync: protocol version (\d+)/m;
const GNU = /^rsync\s+version v?(\d+)\.(\d+)\.(\d+)\S*\s+protocol version (\d+)/m;
/** The last without a word on what it can do; those of Apple and the original look the same. */
const BEFORE_CAPABILITIES: RsyncVersion['version'] = [3, 0, 0];

/**
 * Reads the output (stdout and stderr together: one flavour writes to the latter) of `rsync --version`, or null when it
 * is not rsync's. openrsync is looked for first: Apple's also prints "rsync version 2.6.9 compatible".
 */
export function parseRsyncVersion(output: string): RsyncVersion | null {
  const openrsync = OPENRSYNC.exec(output);
  if (openrsync !== null) {
    const isApples = /^rsync version 2\.6\.9 compatible/m.test(output);
    return describeOld(isApples ? 'apple-openrsync' : 'openrsync', [2, 6, 9], Number(openrsync[1]));
  }
  const gnu = GNU.exec(output);
  if (gnu === null) return null;
  const version = [Number(gnu[1]), Number(gnu[2]), Number(gnu[3])] as const;
  if (!isAtLeast(version, BEFORE_CAPABILITIES)) return describeOld('gnu', version, Number(gnu[4]));
  return {
    flavour: 'gnu',
    version,
    protocol: Number(gnu[4]),
    capabilities: parseCapabilities(section(output, 'Capabilities')),
    compressions: names(section(output, 'Compress list')),
    checksums: names(section(output, 'Checksum list')),
  };
}

/** Whether a version is at least the other one. */
export function isAtLeast(version: RsyncVersion['version'], least: RsyncVersion['version']): boolean {
  const at = version.findIndex((part, index) => part !== least[index]);
  return at === -1 || (version[at] ?? 0) > (least[at] ?? 0);
}

/** For people: `rsync 3.2.7`, `openrsync (protocol 29)`. */
export function nameRsync({ flavour, version, protocol }: RsyncVersion): string {
  if (flavour === 'gnu') return `rsync ${version.join('.')}`;
  return `${flavour === 'openrsync' ? 'openrsync' : "Apple's openrsync"} (protocol ${protocol})`;
}

function describeOld(
  flavour: RsyncFlavour,
  version: RsyncVersion['version'],
  protocol: number,
): RsyncVersion {
  const capabilities: RsyncCapabilities = {
    acls: false,
    xattrs: false,
    crtimes: false,
    fileFlags: false,
    // Not listed, but so: both set them by lutimes() or utimensat(), to the second.
    symlinkTimes: true,
    iconv: false,
    secludesArgs: false,
  };
  return { flavour, version, protocol, capabilities, compressions: [], checksums: [] };
}

function parseCapabilities(text: string): RsyncCapabilities {
  const listed = text.replace(/\s+/g, ' ').toLowerCase();
  const has = (name: string): boolean => new RegExp(`(?<!no )(?<![\\w-])${name}(?![\\w-])`).test(listed);
  return {
    acls: has('acls'),
    xattrs: has('xattrs'),
    crtimes: has('crtimes'),
    fileFlags: has('file-?flags'),
    symlinkTimes: has('symtimes'),
    iconv: has('iconv'),
    secludesArgs: has('default (?:secluded|protect)-args'),
  };
}

/** Names between blanks; one in parentheses explains the one before it. */
function names(text: string): readonly string[] {
  return text.split(/\s+/).filter((name) => name !== '' && !name.startsWith('('));
}

/** What follows a heading on its own line, and the indented lines below it. */
function section(output: string, heading: string): string {
  const lines = output.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`${heading}:`));
  if (start === -1) return '';
  const after = lines.slice(start + 1);
  const end = after.findIndex((line) => !/^\s+\S/.test(line));
  const first = (lines[start] ?? '').slice(heading.length + 1);
  return [first, ...after.slice(0, end === -1 ? undefined : end)].join(' ').trim();
}
