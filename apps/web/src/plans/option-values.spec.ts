import { defaultTransferOptions } from '@fleetclone/contracts';
import { optionChecks, type OptionValues, readOptions, usualOptionValues } from './option-values';

const values = (overrides: Partial<OptionValues>): OptionValues => ({ ...usualOptionValues, ...overrides });

describe('readOptions', () => {
  it('reads a form that nobody touched as the usual options', () => {
    expect(readOptions(usualOptionValues)).toEqual(defaultTransferOptions);
  });

  it('reads emptied fields as the usual', () => {
    const emptied = values({ bandwidth: '  ', fullScanEveryDays: '', maxDeletes: '' });
    expect(readOptions(emptied)).toEqual(defaultTransferOptions);
  });

  it('reads what people choose and type', () => {
    const typed = values({
      mode: 'snapshots',
      compression: 'lz4',
      bandwidth: ' 20MB/s ',
      skipCompress: ['.jpg', '*.mp4', 'zip'],
      exclusionGroups: ['trash', 'caches'],
      includes: '*.keep\n\n',
      streams: '4',
      fullScanEveryDays: '30',
      maxDeletes: 500,
    });
    expect(readOptions(typed)).toEqual({
      ...defaultTransferOptions,
      mode: 'snapshots',
      compression: 'lz4',
      bandwidth: '20MB/s',
      skipCompress: ['jpg', 'mp4', 'zip'],
      exclusionGroups: ['caches', 'trash'],
      includes: ['*.keep'],
      streams: 4,
      fullScanEveryDays: 30,
      maxDeletes: 500,
    });
  });

  it('reads nothing while a field is wrong', () => {
    expect(readOptions(values({ bandwidth: '20 Mbit' }))).toBeNull();
  });
});

describe('optionChecks', () => {
  it('accept the usual', () => {
    expect(optionChecks.bandwidth('')).toBeNull();
    expect(optionChecks.includes('')).toBeNull();
    for (const name of ['skipCompress', 'fullScanEveryDays', 'maxDeletes'] as const)
      expect(optionChecks[name](usualOptionValues[name], usualOptionValues)).toBeNull();
  });

  it('say what a limit has to look like', () => {
    expect(optionChecks.bandwidth('20 Mbit')).toBe(
      'The limit must have rates such as 20MB/s (kB, MB or GB) or unlimited, not “20 Mbit”',
    );
  });

  it.each<['skipCompress' | 'fullScanEveryDays' | 'maxDeletes', Partial<OptionValues>]>([
    ['skipCompress', { skipCompress: ['tar gz'] }],
    ['fullScanEveryDays', { fullScanEveryDays: 91 }],
    ['fullScanEveryDays', { fullScanEveryDays: 1.5 }],
    ['maxDeletes', { maxDeletes: 0 }],
    ['maxDeletes', { maxDeletes: '-' }],
  ])('refuse %s in %j', (name, overrides) => {
    expect(optionChecks[name](overrides[name], values(overrides))).toEqual(expect.any(String));
  });

  it('name the pattern that is wrong', () => {
    expect(optionChecks.includes('*.tmp\na\u0007b')).toContain('a\u0007b');
  });
});
