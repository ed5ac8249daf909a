import { parseCpuTimes } from './proc';

describe('the processor time of a process', () => {
  it('is read behind a name with brackets and spaces', () => {
    const line = '42 (a (b) c) S 1 42 42 0 -1 4194560 100 200 0 0 150 50 1000 500 20 0 1 0 12345 1 2 3';
    expect(parseCpuTimes(line)).toEqual({ own: 2_000, children: 15_000 });
  });
});
