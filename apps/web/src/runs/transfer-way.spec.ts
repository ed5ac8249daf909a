import { describeWay } from './transfer-way';

it('says what a run compared, over how many connections and how compressed', () => {
  expect(describeWay({ strategy: 'quick', streams: 4, compression: 'zstd 3' })).toEqual([
    ['Compared', 'only what has changed'],
    ['Connections', '4'],
    ['Compression', 'zstd 3'],
  ]);
});

it('says nothing that an agent did not report', () => {
  expect(describeWay({})).toEqual([]);
  expect(describeWay({ strategy: 'full', streams: null, compression: null })).toEqual([
    ['Compared', 'everything'],
  ]);
});
