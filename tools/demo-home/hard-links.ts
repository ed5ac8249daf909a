import type { BigIntStats } from 'node:fs';
import { printable } from './byte-path';

interface Group {
  readonly other: string;
  readonly firstPath: string;
}

export interface LinkedPair {
  readonly wrong: readonly string[];
  /** Whether the source's file was not met before under another name. */
  readonly isFirstName: boolean;
  /** Whether exactly these two files were met before. */
  readonly isSamePair: boolean;
}

/** Notices whether names that are one file on one side are one file on the other side too. */
export class HardLinkGroups {
  private readonly bySource = new Map<string, Group>();
  private readonly byCopy = new Map<string, Group>();

  /** Takes the next pair. The copy may have names outside of the tree, too, such as those of an earlier snapshot. */
  add(path: Buffer, source: BigIntStats, copy: BigIntStats): LinkedPair {
    if (source.nlink < 2n && copy.nlink < 2n) return { wrong: [], isFirstName: true, isSamePair: false };
    const sourceKey = fileKey(source);
    const copyKey = fileKey(copy);
    const ours = this.bySource.get(sourceKey);
    const theirs = this.byCopy.get(copyKey);
    const firstPath = printable(path);
    if (ours === undefined) this.bySource.set(sourceKey, { other: copyKey, firstPath });
    if (theirs === undefined) this.byCopy.set(copyKey, { other: sourceKey, firstPath });
    const wrong: string[] = [];
    if (ours !== undefined && ours.other !== copyKey)
      wrong.push(`hard link: one file with ${ours.firstPath}, not so in the copy`);
    if (theirs !== undefined && theirs.other !== sourceKey) {
      wrong.push(`hard link: in the copy one file with ${theirs.firstPath}, not so in the source`);
    }
    return { wrong, isFirstName: ours === undefined, isSamePair: ours?.other === copyKey };
  }
}

function fileKey(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}`;
}
