import { defaultTransferOptions, ExclusionGroupId, type TransferOptions } from '@fleetclone/contracts';
import { describeBandwidth, describeOptions, exclusionGroupWords, inOneLine } from './option-words';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');
const phrasesOf = (options: Partial<TransferOptions>): string[] =>
  describeOptions({ ...defaultTransferOptions, ...options }).map(plain);

describe('describeOptions', () => {
  it('has nothing to say of the usual, nor of the way of keeping versions', () => {
    expect(phrasesOf({})).toEqual([]);
    expect(phrasesOf({ mode: 'snapshots' })).toEqual([]);
  });

  it.each<[Partial<TransferOptions>, string[]]>([
    [{ bandwidth: '20MB/s' }, ['at most 20 MB/s']],
    [{ compression: 'none', skipCompress: ['jpg'] }, ['not compressed']],
    [{ compression: 'zstd' }, ['compressed with zstd']],
    [{ skipCompress: ['jpg', '7z'] }, ['never compresses jpg, 7z']],
    [{ skipCompress: [] }, ['compresses every kind of file']],
    [{ streams: 1 }, ['1 connection']],
    [{ streams: 4 }, ['4 connections']],
    [{ exclusionGroups: [] }, ['leaves nothing out by itself']],
    [
      { exclusionGroups: ExclusionGroupId.options.filter((id) => id !== 'trash' && id !== 'caches') },
      ['also takes: caches, trash'],
    ],
    [{ includes: ['*.tmp', '/x'] }, ['keeps 2 patterns all the same']],
    [{ oneFileSystem: true }, ['stays on the volumes of its folders']],
    [{ fullScanEveryDays: 1 }, ['compares everything every day']],
    [{ fullScanEveryDays: 30 }, ['compares everything every 30 days']],
    [{ maxDeletes: 5000 }, ['at most 5,000 deletions a run']],
  ])('says of %j: %j', (options, phrases) => {
    expect(phrasesOf(options)).toEqual(phrases);
  });
});

it('puts phrases in one line that begins with a capital', () => {
  expect(inOneLine(['snapshots', '4 connections'])).toBe('Snapshots · 4 connections');
  expect(inOneLine([])).toBe('');
});

it.each([
  ['unlimited', 'no limit'],
  ['20MB/s; 2MB/s@Mon-Fri/8-18', 'at most 20 MB/s, but 2 MB/s on Mon–Fri 8–18 h'],
  [
    '1.5GB/s;unlimited@Sat,Sun/0-24; 500kB/s@Mon/9-10',
    'at most 1.5 GB/s, but no limit on Sat, Sun 0–24 h, 500 kB/s on Mon 9–10 h',
  ],
  ['unlimited; 2MB/s@Mon-Fri/8-18', 'no limit, but 2 MB/s on Mon–Fri 8–18 h'],
])('reads the limit %s out as %s', (text, words) => {
  expect(plain(describeBandwidth(text))).toBe(words);
});

it('names every exclusion group and says why', () => {
  const words = ExclusionGroupId.options.map((id) => exclusionGroupWords[id]);
  expect(new Set(words.map(({ title }) => title)).size).toBe(words.length);
  expect(words.every(({ reason }) => reason.endsWith('.'))).toBe(true);
});
