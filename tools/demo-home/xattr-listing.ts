/**
 * Reads what macOS's `xattr -r -s -v .` prints: "./path: name", one line per attribute. Both the path and a line
 * of it may hold ": " or a newline, so whether a path exists decides where it ends.
 */
export function parseXattrListing(
  listing: string,
  exists: (path: string) => boolean,
): { readonly path: string; readonly name: string }[] {
  const found: { path: string; name: string }[] = [];
  let pending = '';
  for (const line of listing.split('\n')) {
    pending = pending === '' ? line : `${pending}\n${line}`;
    const colon = pending.lastIndexOf(': ');
    if (colon < 0) continue;
    const path = pending.slice(0, colon).replace(/^\.\/?/, '');
    if (!exists(path)) continue;
    found.push({ path, name: pending.slice(colon + 2) });
    pending = '';
  }
  return found;
}
