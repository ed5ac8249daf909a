import { mkdir, readdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ContentMaker } from './content';
import { planEverydayFiles } from './everyday-plan';
import { planOddEntries } from './odd-plan';
import type { PlannedEntry, PlannedFile } from './planned-entry';
import { plannedTimes } from './planned-times';
import { Random } from './random';
import { type TreeCounts, TreeWriter } from './tree-writer';

export interface DemoHomeOptions {
  /** The same seed, files and bytes give the same tree. */
  readonly seed: string | number;
  /** Names of regular files; at least 250. */
  readonly files?: number;
  /** At least a million. */
  readonly bytes?: number;
}

export const LEAST_FILES = 250;
export const LEAST_BYTES = 1_000_000;

/**
 * Fills an empty or new folder with what a home folder holds, and with every name, mode, time, owner, link and
 * attribute that is hard to copy. What this file system or user cannot have is left out and told in `skipped`.
 */
export async function makeDemoHome(
  folder: string,
  { seed, files = 3200, bytes = 210_000_000 }: DemoHomeOptions,
): Promise<TreeCounts> {
  if (files < LEAST_FILES || bytes < LEAST_BYTES) {
    throw new Error(`a demo home has at least ${LEAST_FILES} files and ${LEAST_BYTES} bytes`);
  }
  const home = resolve(folder);
  await mkdir(home, { recursive: true, mode: 0o755 });
  if ((await readdir(home)).length > 0) throw new Error(`${home} is not empty`);
  const random = new Random(`demo home ${seed}`);
  const writer = new TreeWriter(Buffer.from(home), new ContentMaker(random), random);
  return writer.write(planDemoHome(random, home, files, bytes));
}

/** The whole tree as data: exactly `files` names of regular files and `bytes` bytes. */
export function planDemoHome(random: Random, home: string, files: number, bytes: number): PlannedEntry[] {
  const odd = planOddEntries(random.fork('odd'), home);
  const holes: PlannedFile = {
    type: 'file',
    path: Buffer.from('Library/Containers/Linux/disk.img'),
    size: Math.floor(bytes / 25),
    content: 'holes',
    mode: 0o600,
    mtime: plannedTimes(random.fork('holes')),
  };
  const oddFiles = odd.filter((entry) => entry.type === 'file');
  const oddNames = oddFiles.length + odd.filter((entry) => entry.type === 'hard-link').length;
  const oddBytes = oddFiles.reduce((sum, file) => sum + file.size, holes.size);
  return [
    ...planEverydayFiles(random.fork('everyday'), files - oddNames - 1, bytes - oddBytes),
    holes,
    ...odd,
  ];
}
