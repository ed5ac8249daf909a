import fc from 'fast-check';
import { BandwidthText } from './bandwidth-text';
import { CreatePlan } from './http/plans';
import { BackupOrder, Order } from './orders/orders';
import { RunTotals } from './run-outcome';
import { defaultTransferOptions, exclusionGroupIds, TransferOptions } from './transfer-options';

const id = '7f6c1a52-7d2b-4f6e-9d0a-3c9d1f0b5a01';

/** An order as it was before plans had options. */
const oldOrder = {
  type: 'backup',
  runId: id,
  fence: 1,
  plan: { id, name: 'Home', slug: 'home' },
  sourcePaths: ['/Users/ann'],
  excludes: [],
  remote: { macId: id, host: '192.0.2.7', port: 22, user: 'root', hostKeys: ['ssh-ed25519 AAAA'] },
  credentialId: id,
  planFolder: '/Volumes/Backup/studio-mac/home',
  archiveName: '2026-11-22T100000Z',
};

const oldTotals = {
  filesTotal: 3,
  filesTransferred: 2,
  filesDeleted: 0,
  bytesTotal: 300,
  bytesTransferred: 200,
  bytesSent: 210,
  bytesReceived: 10,
  durationMs: 900,
};

function problemsOf(options: unknown): { field: string; message: string }[] {
  const { error } = TransferOptions.safeParse(options);
  return (error?.issues ?? []).map(({ path, message }) => ({ field: path.join('.'), message }));
}

describe('TransferOptions', () => {
  it('makes a mirror of everything but the exclusion groups, as quick as the line allows, when nothing is said', () => {
    expect(TransferOptions.parse({})).toEqual({
      mode: 'mirror',
      compression: 'auto',
      skipCompress: null,
      bandwidth: null,
      oneFileSystem: false,
      exclusionGroups: [...exclusionGroupIds],
      includes: [],
      streams: 'auto',
      fullScanEveryDays: 7,
      maxDeletes: null,
    });
  });

  it('hands out defaults that are nobody else’s', () => {
    TransferOptions.parse({}).exclusionGroups.pop();
    expect(TransferOptions.parse({})).toEqual(defaultTransferOptions);
  });

  it('keeps what is said, and the defaults of the rest', () => {
    expect(TransferOptions.parse({ mode: 'snapshots', streams: 4, skipCompress: [] })).toEqual({
      ...defaultTransferOptions,
      mode: 'snapshots',
      streams: 4,
      skipCompress: [],
    });
  });

  it('has each exclusion group once and in the order of the list', () => {
    const chosen = ['trash', 'caches', 'trash'];
    expect(TransferOptions.parse({ exclusionGroups: chosen }).exclusionGroups).toEqual(['caches', 'trash']);
  });

  it.each([
    ['mode', 'mirrors'],
    ['compression', 'zlib'],
    ['skipCompress.0', ['.jpg']],
    ['skipCompress', Array.from({ length: 201 }, () => 'jpg')],
    ['bandwidth', '20 Mbit'],
    ['oneFileSystem', 'yes'],
    ['exclusionGroups.1', ['caches', 'photos']],
    ['includes.0', ['a\nb']],
    ['streams', 0],
    ['streams', 9],
    ['streams', '4'],
    ['fullScanEveryDays', 0],
    ['fullScanEveryDays', 91],
    ['maxDeletes', 0],
    ['maxDeletes', 2_147_483_648],
  ])('names %s when it holds %j', (field, value) => {
    const [name = ''] = field.split('.');
    expect(problemsOf({ [name]: value })).toEqual([{ field, message: expect.any(String) }]);
  });
});

describe('BandwidthText', () => {
  it.each([
    '20MB/s',
    'unlimited',
    '1.5GB/s',
    '20MB/s; 2MB/s@Mon-Fri/8-18; unlimited@Sat,Sun/0-24',
    'unlimited;500kB/s@Mon,Wed-Fri/22-24',
    '0.01MB/s; 1GB/s@Sat-Mon/00-06',
  ])('accepts %s', (text) => {
    expect(BandwidthText.parse(` ${text} `)).toBe(text);
  });

  it.each([
    ['', 'rates such as 20MB/s'],
    ['20 MB/s', 'rates such as 20MB/s'],
    ['20Mb/s', '“20Mb/s”'],
    ['20MB', '“20MB”'],
    ['0MB/s', 'at least 10kB/s'],
    ['20MB/s; 9.9kB/s@Mon/0-24', 'at least 10kB/s'],
    ['2MB/s@Mon-Fri/8-18', 'begin with the rate for all other times'],
    ['20MB/s; 2MB/s', 'must name days and hours'],
    ['20MB/s;', 'must name days and hours'],
    ['20MB/s; fast@Mon/8-18', '“fast”'],
    ['20MB/s; 2MB/s@Monday/8-18', '“Monday”'],
    ['20MB/s; 2MB/s@Mon-Fri', 'hours such as /8-18'],
    ['20MB/s; 2MB/s@Mon-Fri/8-25', '“8-25”'],
    ['20MB/s; 2MB/s@Mon-Fri/8-18/9', '“8-18/9”'],
    ['20MB/s; 2MB/s@Mon@Tue/8-18', '“Mon@Tue”'],
    ['20MB/s; 2MB/s@Mon/22-6', '22-24 and 0-6'],
    ['20MB/s; 2MB/s@Mon/8-8', 'end after they begin'],
  ])('refuses %j and says what it wants', (text, wanted) => {
    expect(BandwidthText.safeParse(text).error?.issues.map(({ message }) => message)).toEqual([
      expect.stringContaining(wanted),
    ]);
  });

  it('never takes a text of which a part is not as it should be', () => {
    const rates = fc.constantFrom('20MB/s', 'unlimited', '0.5MB/s');
    const times = fc.constantFrom('Mon/0-24', 'Mon-Fri/8-18', 'Sat,Sun/9-10');
    const entry = fc.tuple(rates, times).map(([rate, time]) => `${rate}@${time}`);
    const whole = fc.tuple(rates, fc.array(entry, { maxLength: 6 })).map((parts) => parts.flat().join('; '));
    fc.assert(fc.property(whole, (text) => BandwidthText.safeParse(text).success));
    fc.assert(
      fc.property(whole, fc.nat(), fc.constantFrom('x', '-', '/', '@'), (text, at, intruder) => {
        const index = at % (text.length + 1);
        return !BandwidthText.safeParse(text.slice(0, index) + intruder + text.slice(index)).success;
      }),
    );
  });
});

describe('what older programs wrote', () => {
  it('reads a request for a plan without options', () => {
    const body = {
      name: 'Home',
      macId: id,
      remoteId: id,
      destinationRoot: '/Volumes/Backup',
      sourcePaths: ['/Users'],
    };
    expect(CreatePlan.parse(body)).toMatchObject({ excludes: [], options: defaultTransferOptions });
  });

  it('reads an order without options, and names its snapshot like its archive', () => {
    expect(Order.parse(oldOrder)).toEqual({
      ...oldOrder,
      options: defaultTransferOptions,
      snapshotName: '2026-11-22T100000Z',
    });
  });

  it('reads an order again as it read it first', () => {
    const order = BackupOrder.parse({ ...oldOrder, snapshotName: '2026-11-22T100001Z' });
    expect(order.snapshotName).toBe('2026-11-22T100001Z');
    expect(BackupOrder.parse(order)).toEqual(order);
  });

  it('reads totals that do not say how the run went about it', () => {
    expect(RunTotals.parse(oldTotals)).toEqual(oldTotals);
    const all = { ...oldTotals, strategy: 'quick', streams: 1, compression: 'zstd 3' };
    expect(RunTotals.parse(all)).toEqual(all);
    expect(RunTotals.safeParse({ ...oldTotals, strategy: 'fast' }).success).toBe(false);
  });
});
