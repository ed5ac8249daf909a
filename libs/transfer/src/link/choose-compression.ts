import type { CompressionMethod, Negotiation } from '../rsync/negotiation';
import { type LinkMeasurement, mostThroughOneConnection } from './measure-link';

/** What a plan asks for; `auto` leaves it to the line. */
export type CompressionWish =
  'auto' | 'none' | 'lz4' | 'zstd' | { readonly method: 'zstd'; readonly level: number };

/** How the data of a run is compressed on its way, never in the copy. */
export interface CompressionChoice {
  readonly method: CompressionMethod | 'none';
  /** Null for methods that have none. */
  readonly level: number | null;
  /** Plain words, with the numbers. */
  readonly reason: string;
}

// Measured with 150 MB of text: zstd 3 is the quickest up to here (4.8 to 2.2 times as fast as none), zstd 1 above.
const ZSTD_3_UP_TO = 50_000_000;
// From here on zlib, which is slow, holds up more than it saves (0.78 times the speed of none at 50 MB/s).
const ZLIB_UP_TO = 25_000_000;
// One processor has rsync and ssh to run as well.
const ZSTD_3_UP_TO_WITH_ONE_CPU = 25_000_000;

/**
 * Chooses the compression of a run from what the plan asks for, the line (null when it is not known) and what both ends
 * can do. A wish that they cannot fulfil becomes `auto`.
 */
export function chooseCompression(
  wish: CompressionWish,
  line: Line,
  { compressions }: Pick<Negotiation, 'compressions'>,
  cpuCount = 2,
): CompressionChoice {
  const link = line === null ? null : withinWindow(line);
  if (wish === 'none') return choice('none', null, 'none, as the plan says');
  const wished = typeof wish === 'string' ? wish : wish.method;
  if (wished === 'auto') return chooseByLine(link, compressions, cpuCount);
  if (!compressions.includes(wished)) {
    const other = chooseByLine(link, compressions, cpuCount);
    return { ...other, reason: `${other.reason}; the plan asks for ${wished}, which not both rsyncs can do` };
  }
  if (wished === 'lz4') return choice('lz4', null, 'lz4, as the plan says');
  const level = typeof wish === 'string' ? zstdLevel(link, cpuCount) : checkedLevel(wish.level);
  return choice('zstd', level, `zstd ${level}, as the plan says`);
}

/** The line as a bandwidth cap leaves it, in bytes per second; null is no cap. */
export function cappedLink<Link extends NonNullable<Line>>(
  link: Link,
  capBytesPerSecond: number | null,
): Link {
  if (capBytesPerSecond === null) return link;
  const { bytesPerSecond, isAtLeast } = link;
  if (bytesPerSecond !== null && !isAtLeast && bytesPerSecond <= capBytesPerSecond) return link;
  return { ...link, bytesPerSecond: capBytesPerSecond, isAtLeast: false, isSameMachine: false };
}

type Line = Pick<LinkMeasurement, 'roundTripMs' | 'bytesPerSecond' | 'isAtLeast' | 'isSameMachine'> | null;

/** A far line carries no more than ssh has under way on it, however wide it is. */
function withinWindow(link: NonNullable<Line>): NonNullable<Line> {
  const most = mostThroughOneConnection(link.roundTripMs);
  return (link.bytesPerSecond ?? 0) > most ? { ...link, bytesPerSecond: most, isAtLeast: false } : link;
}

function chooseByLine(
  link: Line,
  compressions: readonly CompressionMethod[],
  cpuCount: number,
): CompressionChoice {
  const line = describe(link);
  if (link?.isSameMachine === true)
    return choice(
      'none',
      null,
      'none, because the remote is on this very machine, where there is no line to spare',
    );
  if (compressions.includes('zstd')) {
    if (isTooFastToTell(link) && compressions.includes('lz4'))
      return choice('lz4', null, `lz4, which costs least, because the line carries ${line}`);
    const level = zstdLevel(link, cpuCount);
    return choice('zstd', level, `zstd ${level}, because the line carries ${line}`);
  }
  if (compressions.includes('lz4'))
    return choice('lz4', null, `lz4, the best that both rsyncs can do, because the line carries ${line}`);
  if (!compressions.includes('zlib'))
    return choice('none', null, 'none, because the two rsyncs have no method in common');
  const rate = link?.bytesPerSecond ?? null;
  if (rate !== null && rate < ZLIB_UP_TO && link?.isAtLeast === false)
    return choice('zlib', 6, `zlib 6, the only method of both rsyncs, because the line carries ${line}`);
  return choice(
    'none',
    null,
    `none, because zlib, the only method of both rsyncs, helps below 25 MB/s only, and the line carries ${line}`,
  );
}

/** Level 3 when nothing is known: it lost on no line that was measured. */
function zstdLevel(link: Line, cpuCount: number): number {
  const limit = cpuCount < 2 ? ZSTD_3_UP_TO_WITH_ONE_CPU : ZSTD_3_UP_TO;
  return (link?.bytesPerSecond ?? 0) > limit ? 1 : 3;
}

const isTooFastToTell = (link: Line): boolean =>
  link !== null && link.isAtLeast && (link.bytesPerSecond ?? 0) > ZSTD_3_UP_TO;

function describe(link: Line): string {
  if (link === null || link.bytesPerSecond === null) return 'an unknown rate';
  const megabytes = link.bytesPerSecond / 1e6;
  const rate = `${megabytes.toFixed(megabytes < 10 ? 1 : 0)} MB/s`;
  return link.isAtLeast ? `${rate} or more` : rate;
}

function checkedLevel(level: number): number {
  if (!Number.isInteger(level) || level < 1 || level > 19)
    throw new RangeError('a zstd level must be a whole number from 1 to 19');
  return level;
}

function choice(
  method: CompressionChoice['method'],
  level: number | null,
  reason: string,
): CompressionChoice {
  return { method, level, reason };
}
