/** A Mac's own folder below a root of a remote; its credential reaches no further. */
export const macFolder = (root: string, macSlug: string): string => `${root}/${macSlug}`;

/** Whether a normalised absolute path is a folder or below it. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '/' || path === folder || path.startsWith(`${folder}/`);
}
