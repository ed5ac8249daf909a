import type { BigIntStats } from 'node:fs';

/** What differs between two entries of the same type: mode, time of modification to the nanosecond, owner. */
export function attributeDifferences(
  ours: BigIntStats,
  theirs: BigIntStats,
  withOwnership: boolean,
): string[] {
  const found: string[] = [];
  // A symlink's own mode means nothing: Linux shows 0777 for all.
  if (!ours.isSymbolicLink() && ours.mode !== theirs.mode) {
    found.push(`mode: ${octal(ours.mode)}, in the copy ${octal(theirs.mode)}`);
  }
  if (ours.mtimeNs !== theirs.mtimeNs) {
    found.push(`modified: ${moment(ours.mtimeNs)}, in the copy ${moment(theirs.mtimeNs)}`);
  }
  if (withOwnership && (ours.uid !== theirs.uid || ours.gid !== theirs.gid)) {
    found.push(`owner: ${ours.uid}:${ours.gid}, in the copy ${theirs.uid}:${theirs.gid}`);
  }
  const isDevice = ours.isBlockDevice() || ours.isCharacterDevice();
  if (isDevice && ours.rdev !== theirs.rdev) found.push('another device number');
  return found;
}

function octal(mode: bigint): string {
  return (mode & 0o7777n).toString(8).padStart(4, '0');
}

function moment(nanoseconds: bigint): string {
  const second = 1_000_000_000n;
  const fraction = ((nanoseconds % second) + second) % second;
  const whole = new Date(Number((nanoseconds - fraction) / 1_000_000n)).toISOString().slice(0, 19);
  return `${whole}.${String(fraction).padStart(9, '0')}Z`;
}
