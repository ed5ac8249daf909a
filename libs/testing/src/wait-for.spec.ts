import { waitFor, WaitTimeoutError } from './wait-for';

describe('waitFor', () => {
  it('gives back the first truthy value', async () => {
    let calls = 0;
    const value = await waitFor('the third call', () => (++calls === 3 ? { calls } : undefined), {
      intervalMs: 1,
    });
    expect(value).toEqual({ calls: 3 });
  });

  it('takes a predicate that throws as not yet', async () => {
    let calls = 0;
    const predicate = () => {
      if (++calls < 3) throw new Error('not there');
      return 'there';
    };
    await expect(waitFor('it', predicate, { intervalMs: 1 })).resolves.toBe('there');
  });

  it('names the condition and the last value when time is up', async () => {
    const failure = waitFor('two runs', () => [1].find((n) => n > 1) ?? 0, { timeoutMs: 20, intervalMs: 5 });
    await expect(failure).rejects.toThrow(WaitTimeoutError);
    await expect(failure).rejects.toThrow('waited 20 ms for two runs; the last value was 0');
  });

  it('names the last error when the predicate kept failing', async () => {
    const refuse = () => {
      throw new Error('refused');
    };
    await expect(waitFor('the port', refuse, { timeoutMs: 10, intervalMs: 2 })).rejects.toThrow(
      'waited 10 ms for the port; the last attempt failed: Error: refused',
    );
  });
});
