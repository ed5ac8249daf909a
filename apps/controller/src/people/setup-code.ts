import { randomInt, timingSafeEqual } from 'node:crypto';
import { hashToken } from '../platform/tokens';

// Without 0/O, 1/I/L: the code is read from one screen and typed on another.
const alphabet = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';

/** The one-time code that lets the first admin in; it lives as long as the process and is only ever shown on its terminal. */
export class SetupCode {
  readonly text = Array.from({ length: 4 }, () =>
    Array.from({ length: 4 }, () => alphabet[randomInt(alphabet.length)]).join(''),
  ).join('-');

  matches(given: string): boolean {
    const normalised = given.trim().toUpperCase();
    return timingSafeEqual(Buffer.from(hashToken(normalised)), Buffer.from(hashToken(this.text)));
  }
}
