import type { MacFacts, Protection } from '@fleetclone/contracts';
import type { Tone } from '../parts/tone';

/** A Mac's protection in a word or two, and how that stands. */
export const protectionWords = {
  protected: { label: 'Protected', tone: 'ok' },
  'at-risk': { label: 'At risk', tone: 'bad' },
  never: { label: 'Never backed up', tone: 'bad' },
  'no-plan': { label: 'No plan', tone: 'warn' },
} as const satisfies Record<Protection, { label: string; tone: Tone }>;

/** How a Mac's protection stands; one without a plan that takes the copies of others is as it should be. */
export function protectionTone(protection: Protection, isDestination: boolean): Tone {
  return protection === 'no-plan' && isDestination ? 'quiet' : protectionWords[protection].tone;
}

/** The operating system as people name it: `macOS 15.1`. */
export function describeSystem({ platform, osVersion }: MacFacts): string {
  const name = platform === 'darwin' ? 'macOS' : 'Linux';
  const startsWithWord = /^[A-Za-z]/.test(osVersion);
  if (osVersion === '') return name;
  // The code name in brackets says nothing that the number does not.
  return startsWithWord ? osVersion.replace(/ \(.*\)$/, '') : `${name} ${osVersion}`;
}

/** The processor as people name it. */
export function describeProcessor({ platform, architecture }: MacFacts): string {
  const isArm = ['arm64', 'aarch64'].includes(architecture);
  const isIntel = ['x86_64', 'x64', 'amd64'].includes(architecture);
  if (platform === 'darwin' && isArm) return 'Apple silicon';
  if (platform === 'darwin' && isIntel) return 'Intel';
  if (isArm) return 'ARM';
  return isIntel ? 'x86' : architecture;
}

/** An address with its port as ssh users write it; IPv6 in brackets, the usual port left out. */
export function describeAddress(host: string, port: number): string {
  const name = host.includes(':') && port !== 22 ? `[${host}]` : host;
  return port === 22 ? name : `${name}:${port}`;
}
