import {
  defaultTransferOptions,
  type ExclusionGroupId,
  exclusionGroupIds,
  type TransferOptions,
} from '@fleetclone/contracts';
import { formatCount, formatPlural } from '../format/quantities';

/** What a plan leaves out by itself: what it is called, and why it is of no use in a copy. */
export const exclusionGroupWords: Record<ExclusionGroupId, { title: string; reason: string }> = {
  caches: { title: 'Caches', reason: 'Programs and the system fill them again by themselves.' },
  trash: { title: 'Trash', reason: 'What people have thrown away.' },
  'temporary-files': { title: 'Temporary files', reason: 'Of use only to programs that run right now.' },
  'volume-housekeeping': {
    title: 'Housekeeping of volumes',
    reason: 'Indexes, journals and marks that macOS keeps for one volume; wrong on any other.',
  },
  'virtual-memory': {
    title: 'Virtual memory',
    reason: 'Swap files and the sleep image: large, and void after a restart.',
  },
  'network-mounts': {
    title: 'Mount points',
    reason: 'Network shares and other disks need plans of their own.',
  },
  'time-machine': { title: 'Time Machine', reason: 'Its backups and its state: a backup of backups.' },
  'cloud-leftovers': {
    title: 'Leftovers of cloud services',
    reason: 'Their caches and half-loaded files; the documents themselves are copied.',
  },
  'other-systems': {
    title: 'Leftovers of other systems',
    reason: 'Recycle bins, thumbnails and state of Windows, Linux, network drives and other tools.',
  },
};

export const compressionWords: Record<TransferOptions['compression'], string> = {
  auto: 'Automatic: by what the line gives',
  none: 'None',
  lz4: 'lz4: light, for fast lines',
  zstd: 'zstd: strong, for slow lines',
};

function describeRate(rate: string): string {
  return rate === 'unlimited' ? 'no limit' : rate.replace(/(?=[kMG]B)/, '\u00a0');
}

/** A limit in words: `at most 20 MB/s, but 2 MB/s on Mon–Fri 8–18 h`. Expects what `BandwidthText` takes. */
export function describeBandwidth(text: string): string {
  const [usual = '', ...others] = text.split(';').map((entry) => entry.trim());
  const exceptions = others.map((entry) => {
    const [rate = '', times = ''] = entry.split('@');
    const [days = '', hours = ''] = times.split('/');
    const span = (range: string): string => range.replaceAll('-', '–');
    return `${describeRate(rate)} on ${span(days).replaceAll(',', ', ')} ${span(hours)}\u00a0h`;
  });
  const first = usual === 'unlimited' ? describeRate(usual) : `at most ${describeRate(usual)}`;
  return exceptions.length === 0 ? first : `${first}, but ${exceptions.join(', ')}`;
}

function describeGroups(chosen: readonly ExclusionGroupId[]): string | null {
  if (chosen.length === 0) return 'leaves nothing out by itself';
  const taken = exclusionGroupIds.filter((id) => !chosen.includes(id));
  if (taken.length === 0) return null;
  return `also takes: ${taken.map((id) => exclusionGroupWords[id].title.toLowerCase()).join(', ')}`;
}

function describeSkipped(suffixes: readonly string[]): string {
  return suffixes.length === 0 ? 'compresses every kind of file' : `never compresses ${suffixes.join(', ')}`;
}

function describeCompression({ compression, skipCompress }: TransferOptions): (string | null)[] {
  if (compression === 'none') return ['not compressed'];
  return [
    compression === 'auto' ? null : `compressed with ${compression}`,
    skipCompress === null ? null : describeSkipped(skipCompress),
  ];
}

/** How a plan's transfers differ from what is usual, one short phrase for each option; the way of keeping versions is not among them. */
export function describeOptions(options: TransferOptions): string[] {
  const { bandwidth, includes, streams, fullScanEveryDays, maxDeletes } = options;
  const phrases = [
    bandwidth === null ? null : describeBandwidth(bandwidth),
    ...describeCompression(options),
    streams === 'auto' ? null : formatPlural(streams, 'connection'),
    describeGroups(options.exclusionGroups),
    includes.length === 0 ? null : `keeps ${formatPlural(includes.length, 'pattern')} all the same`,
    options.oneFileSystem ? 'stays on the volumes of its folders' : null,
    fullScanEveryDays === defaultTransferOptions.fullScanEveryDays
      ? null
      : `compares everything every ${fullScanEveryDays === 1 ? 'day' : formatPlural(fullScanEveryDays, 'day')}`,
    maxDeletes === null ? null : `at most ${formatCount(maxDeletes)} deletions a run`,
  ];
  return phrases.filter((phrase) => phrase !== null);
}

/** Phrases as one line that begins with a capital. */
export function inOneLine(phrases: readonly string[]): string {
  const line = phrases.join(' · ');
  return line.charAt(0).toUpperCase() + line.slice(1);
}
