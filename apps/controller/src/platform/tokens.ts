import { createHash, randomBytes } from 'node:crypto';

/** What a token is for; part of the token, so that secret scanners know it and a wrong kind is told at a glance. */
export type TokenPurpose = 'session' | 'api' | 'enrol' | 'agent';

/** A new random token of 256 bits: `fleetclone_<purpose>_<base64url>`. */
export function makeToken(purpose: TokenPurpose): string {
  return `fleetclone_${purpose}_${randomBytes(32).toString('base64url')}`;
}

/** SHA-256 (hex): all that is kept of a token. Tokens are random, so a slow hash would add nothing. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
