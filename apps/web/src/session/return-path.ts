/** Where to go back to after signing in: a path of this console and nothing else, so that no link can lead people astray. */
export function safeReturnPath(path: string | null): string {
  if (path === null || !path.startsWith('/') || /^\/[/\\]/.test(path)) return '/';
  return path;
}

/** The sign-in page's address, remembering where one was. */
export function signInPath(from: { readonly pathname: string; readonly search: string }): string {
  const path = `${from.pathname}${from.search}`;
  return path === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(path)}`;
}
