import type { Response } from 'express';

/** The header that the console sends with every change. */
export const consoleHeader = 'x-fleetclone-console';

const secureName = '__Host-fleetclone';
const plainName = 'fleetclone';
/** With TLS the browser itself guarantees, by the prefix, that no other host set the cookie. */
export const sessionCookieNames = [secureName, plainName] as const;

export function setSessionCookie(response: Response, token: string, expires: Date, isSecure: boolean): void {
  response.cookie(isSecure ? secureName : plainName, token, {
    httpOnly: true,
    sameSite: 'strict',
    secure: isSecure,
    path: '/',
    expires,
  });
}

export function clearSessionCookie(response: Response): void {
  response.clearCookie(secureName, { path: '/', secure: true });
  response.clearCookie(plainName, { path: '/' });
}
