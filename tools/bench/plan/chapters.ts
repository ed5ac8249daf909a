import { join } from 'node:path';
import { formatBytes } from '../../demo/format';
import { changeBigFile, makeBigFiles } from '../data/big-files';
import { changeOnePercent, renameAnArea } from '../data/change-small-files';
import { makeSmallFiles } from '../data/small-files';
import type { LinkId } from './links';
import type { Scale } from './scale';

/** As on the command line and in the reports. */
export type CaseId =
  | 'small-full'
  | 'small-unchanged'
  | 'small-changed'
  | 'small-renamed'
  | 'large-full'
  | 'large-changed'
  | 'several-full'
  | 'text-full'
  | 'noise-full';

/** One case over one link. */
export interface Step {
  readonly caseId: CaseId;
  readonly link: LinkId;
  /** Everybody begins with an empty destination that is thrown away afterwards. */
  readonly isFirst: boolean;
  /** What happens to the source before; everybody has copied what it was until then. */
  readonly change?: (source: string, seed: number) => unknown;
  readonly contenders: readonly string[];
}

/** A data set and what is done with it, in this order and once in each round. */
export interface Chapter {
  readonly id: string;
  readonly title: string;
  /** Room that one copy takes, roughly. */
  readonly bytes: number;
  make(source: string): Promise<unknown>;
  readonly steps: readonly Step[];
}

const OURS = ['fleetclone', 'rsync'];
const SNAPSHOTS = ['fleetclone-snapshots', 'rsync-link-dest'];
const PEERS = ['restic', 'borg', 'rsnapshot', 'rdiff-backup', 'rclone'];
const SEED = 1;

const TITLES: Readonly<Record<CaseId, string>> = {
  'small-full': 'first full copy of small files',
  'small-unchanged': 'small files, nothing changed',
  'small-changed': 'small files, 1 % changed',
  'small-renamed': 'small files, a folder renamed',
  'large-full': 'first full copy of large files',
  'large-changed': 'a large file, 1 % changed and appended to',
  'several-full': 'first full copy of several large files',
  'text-full': 'first full copy of compressible text',
  'noise-full': 'first full copy of what does not shrink',
};

export const CASE_IDS = Object.keys(TITLES) as CaseId[];

export function titleOfCase(id: CaseId): string {
  return TITLES[id];
}

/** Everything that is measured, data set after data set so that only one needs room at a time. */
export function planChapters(scale: Scale): readonly Chapter[] {
  return [planSmallFiles(scale), planLargeFiles(scale), ...planBigSets(scale)];
}

function planSmallFiles(scale: Scale): Chapter {
  const all = [...OURS, ...SNAPSHOTS, ...PEERS];
  const repeated = [...OURS, ...SNAPSHOTS];
  const changed = (link: LinkId, contenders: readonly string[]): Step => ({
    caseId: 'small-changed',
    link,
    isFirst: false,
    change: changeOnePercent,
    contenders,
  });
  const unchanged = (link: LinkId, contenders: readonly string[]): Step => ({
    caseId: 'small-unchanged',
    link,
    isFirst: false,
    contenders,
  });
  return {
    id: 'small',
    // Small files fill whole pages, and names take room too.
    bytes: scale.smallFiles * 14_000,
    title: `A: ${scale.smallFiles.toLocaleString('en')} files of 1 to 16 KB`,
    make: (source) => makeSmallFiles(source, { seed: SEED, files: scale.smallFiles }),
    steps: [
      { caseId: 'small-full', link: 'loopback', isFirst: true, contenders: all },
      { caseId: 'small-full', link: '20ms-12.5MB', isFirst: true, contenders: OURS },
      { caseId: 'small-full', link: '100ms', isFirst: true, contenders: OURS },
      unchanged('loopback', all),
      unchanged('20ms', repeated),
      unchanged('100ms', repeated),
      changed('loopback', all),
      changed('20ms', repeated),
      changed('100ms', repeated),
      {
        caseId: 'small-renamed',
        link: 'loopback',
        isFirst: false,
        change: renameAnArea,
        contenders: repeated,
      },
    ],
  };
}

function planLargeFiles(scale: Scale): Chapter {
  const [files, bytes] = scale.largeFiles;
  return {
    id: 'large',
    bytes: files * bytes,
    title: `B: ${files} files of ${formatBytes(bytes)} that do not shrink`,
    make: (source) => makeBigFiles(source, { seed: SEED, files, bytes, content: 'noise' }),
    steps: [{ caseId: 'large-full', link: 'loopback', isFirst: true, contenders: [...OURS, 'pipe'] }],
  };
}

function planBigSets(scale: Scale): Chapter[] {
  const [several, eachBytes] = scale.severalFiles;
  const { textBytes, noiseBytes, changedFileBytes } = scale;
  const first = (caseId: CaseId, link: LinkId): Step => ({
    caseId,
    link,
    isFirst: true,
    contenders: OURS,
  });
  const noise = { seed: SEED, content: 'noise' } as const;
  return [
    {
      id: 'several',
      bytes: several * eachBytes,
      title: `B: ${several} files of ${formatBytes(eachBytes)} that do not shrink`,
      make: (source) => makeBigFiles(source, { ...noise, files: several, bytes: eachBytes }),
      steps: [first('several-full', '100ms')],
    },
    {
      id: 'changed',
      bytes: changedFileBytes * 1.2,
      title: `B: one file of ${formatBytes(changedFileBytes)} that does not shrink`,
      make: (source) => makeBigFiles(source, { ...noise, files: 1, bytes: changedFileBytes }),
      steps: [
        {
          caseId: 'large-changed',
          link: '20ms-12.5MB',
          isFirst: false,
          change: (source, seed) => changeBigFile(join(source, 'disk image 1'), seed),
          contenders: OURS,
        },
      ],
    },
    {
      id: 'text',
      bytes: textBytes,
      title: `C: ${formatBytes(textBytes)} of text`,
      make: (source) =>
        makeBigFiles(source, { seed: SEED, files: 2, bytes: Math.floor(textBytes / 2), content: 'words' }),
      steps: [first('text-full', '10MB')],
    },
    {
      id: 'noise',
      bytes: noiseBytes,
      title: `B: ${formatBytes(noiseBytes)} that do not shrink`,
      make: (source) => makeBigFiles(source, { ...noise, files: 2, bytes: Math.floor(noiseBytes / 2) }),
      steps: [first('noise-full', '10MB')],
    },
  ];
}
