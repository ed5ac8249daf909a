import { open, readFile, rename } from 'node:fs/promises';
import type { SshTarget } from '../ssh/ssh-target';
import type { LinkMeasurement } from './measure-link';

const VALID_MS = 24 * 3_600_000;

type Address = Pick<SshTarget, 'host' | 'port'>;

interface CachedLink extends LinkMeasurement, Address {}

// Macs move between networks, but not between many.
const MOST_ADDRESSES = 8;

/**
 * The line to this address as it was measured in the last 24 hours, or null: measured too long ago, for other addresses
 * only, never, or written in a way that is not ours. Rejects only when the file is there and cannot be read.
 */
export async function readLinkCache(
  path: string,
  { host, port }: Address,
  now: Date,
): Promise<LinkMeasurement | null> {
  const cached = parse(await readIfThere(path)).find((one) => one.host === host && one.port === port);
  if (cached === undefined) return null;
  const ageMs = now.getTime() - cached.measuredAtMs;
  if (ageMs < 0 || ageMs >= VALID_MS) return null;
  const { roundTripMs, bytesPerSecond, isAtLeast, isSameMachine, measuredAtMs } = cached;
  return { roundTripMs, bytesPerSecond, isAtLeast, isSameMachine, measuredAtMs };
}

/** Keeps a measurement for the next runs of the pair, beside those for its last other addresses; never seen half-written. */
export async function writeLinkCache(
  path: string,
  { host, port }: Address,
  link: LinkMeasurement,
): Promise<void> {
  const others = parse(await readIfThere(path)).filter((one) => one.host !== host || one.port !== port);
  const cached: readonly CachedLink[] = [{ host, port, ...link }, ...others].slice(0, MOST_ADDRESSES);
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(cached)}\n`);
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function parse(text: string): readonly CachedLink[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter(isCachedLink) : [];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function isCachedLink(value: unknown): value is CachedLink {
  if (typeof value !== 'object' || value === null) return false;
  const { host, port, roundTripMs, bytesPerSecond, isAtLeast, isSameMachine, measuredAtMs } =
    value as Partial<Record<keyof CachedLink, unknown>>;
  return (
    typeof host === 'string' &&
    [port, roundTripMs, measuredAtMs].every((number) => typeof number === 'number') &&
    (bytesPerSecond === null || typeof bytesPerSecond === 'number') &&
    typeof isAtLeast === 'boolean' &&
    typeof isSameMachine === 'boolean'
  );
}
