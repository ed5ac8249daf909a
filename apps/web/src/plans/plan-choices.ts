import {
  AbsolutePath,
  DestinationFolder,
  FilterPattern,
  type MacView,
  type RemoteView,
} from '@fleetclone/contracts';

/** True when a folder is the root given or lies below it. */
export function isWithin(path: string, root: string): boolean {
  return root === '/' || path === root || path.startsWith(`${root}/`);
}

/** True when one of the roots allows a folder. */
export const isAllowed = (path: string, roots: readonly string[]): boolean =>
  roots.some((root) => isWithin(path, root));

/** Folders in words: `/a`, `/a or /b`, `/a, /b or /c`. */
export function listFolders(folders: readonly string[]): string {
  if (folders.length < 2) return folders.join('');
  return `${folders.slice(0, -1).join(', ')} or ${folders.at(-1) ?? ''}`;
}

/** What is wrong with the folders chosen for backup; null when nothing is. */
export function checkSources(paths: readonly string[], mac: MacView): string | null {
  if (paths.length === 0) return 'Choose at least one folder';
  for (const path of paths) {
    const parsed = AbsolutePath.safeParse(path);
    if (!parsed.success) return `${path}: ${parsed.error.issues[0]?.message ?? 'not a path'}`;
    if (!isAllowed(parsed.data, mac.facts.sourceRoots)) {
      return `${mac.name} does not let out ${path}. It lets out ${listFolders(mac.facts.sourceRoots)}.`;
    }
  }
  return null;
}

/** What is wrong with the folder chosen at the destination; null when nothing is. */
export function checkDestination(path: string, mac: MacView): string | null {
  const parsed = DestinationFolder.safeParse(path);
  if (!parsed.success) return `The folder ${parsed.error.issues[0]?.message ?? 'is not a path'}`;
  if (!isAllowed(parsed.data, mac.facts.destinationRoots)) {
    return `${mac.name} lets nothing in there. It lets in ${listFolders(mac.facts.destinationRoots)}, and below.`;
  }
  return null;
}

/** The most patterns that a plan takes of a kind. */
const maxPatterns = 500;

/** Patterns to leave out or to keep, one a line; blank lines do not count. */
export function parsePatterns(text: string): { readonly patterns: string[]; readonly error: string | null } {
  const patterns = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (patterns.length > maxPatterns) return { patterns, error: `At most ${maxPatterns} patterns` };
  const wrong = patterns.find((pattern) => !FilterPattern.safeParse(pattern).success);
  const problem = wrong === undefined ? undefined : FilterPattern.safeParse(wrong).error?.issues[0]?.message;
  return { patterns, error: wrong === undefined ? null : `“${wrong}” ${problem ?? 'is not a pattern'}` };
}

/** Why a Mac cannot take copies from another; null when it can. */
export function whyNoDestination(mac: MacView): string | null {
  if (!mac.facts.ssh || mac.facts.ssh.hostKeys.length === 0) return 'offers no way in over ssh';
  if (mac.facts.destinationRoots.length === 0) return 'lets no folder in';
  return null;
}

/** How a destination is to be reached, where that differs from what its agent reports. */
export interface Reach {
  readonly host: string;
  readonly port: number;
  readonly user: string;
}

/** How a Mac's own agent says that it is reached. */
export function reportedReach(mac: MacView): Reach | null {
  const { ssh } = mac.facts;
  const host = ssh?.addresses[0];
  return ssh && host !== undefined ? { host, port: ssh.port, user: ssh.user } : null;
}

/** A remote that already leads to that folder on that Mac in that way; otherwise one is to be made. */
export function findFittingRemote(
  remotes: readonly RemoteView[],
  wanted: { readonly macId: string; readonly destinationRoot: string; readonly reach: Reach | null },
): RemoteView | null {
  const { macId, destinationRoot, reach } = wanted;
  const fits = (remote: RemoteView): boolean =>
    remote.macId === macId &&
    // The controller takes a remote's roots by the letter: a folder below one of them needs a remote of its own.
    remote.roots.includes(destinationRoot) &&
    (reach === null ||
      (remote.host === reach.host && remote.port === reach.port && remote.user === reach.user));
  return remotes.find(fits) ?? null;
}

/** A plan's name when none is given: what it backs up. */
export function suggestName(sourcePaths: readonly string[]): string {
  const [only, another] = sourcePaths;
  if (only === undefined || another !== undefined) return 'Backup';
  return only.split('/').findLast((part) => part !== '') ?? 'Whole disk';
}
