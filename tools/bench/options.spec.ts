import { BenchUsageError, parseOptions } from './options';

describe('the options of the bench', () => {
  it('are the usual sizes and three rounds of every case', () => {
    const options = parseOptions(['transfer']);
    expect(options.scale).toMatchObject({ name: 'usual', smallFiles: 20_000, rounds: 3 });
    expect(options.only).toBeUndefined();
  });

  it('choose sizes, cases, rounds and what is written', () => {
    const line = 'transfer --full --only small-full,text-full --rounds 5 --json a.json --svg charts';
    expect(parseOptions(line.split(' '))).toMatchObject({
      scale: { name: 'full', smallFiles: 100_000, rounds: 5 },
      only: ['small-full', 'text-full'],
      jsonFile: 'a.json',
      svgFolder: 'charts',
    });
  });

  it.each([
    '',
    'disk',
    'transfer --fast',
    'transfer --only nothing',
    'transfer --only',
    'transfer --rounds 0',
    'transfer --rounds two',
    'transfer --json --svg x',
  ])('are refused when they are %j', (line) => {
    expect(() => parseOptions(line.split(' '))).toThrow(BenchUsageError);
  });
});
