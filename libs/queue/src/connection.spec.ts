import { agentReconnectDelay, fullJitter, parseRedisUrl } from './connection';

describe('parseRedisUrl', () => {
  it('reads host, port, database and login', () => {
    expect(parseRedisUrl('redis://me:p%40ss@example.org:6380/2')).toEqual({
      host: 'example.org',
      port: 6380,
      db: 2,
      username: 'me',
      password: 'p@ss',
    });
  });

  it('asks for TLS with rediss', () => {
    expect(parseRedisUrl('rediss://example.org')).toMatchObject({ tls: { servername: 'example.org' } });
  });

  it('refuses other addresses', () => {
    expect(() => parseRedisUrl('http://example.org')).toThrow(TypeError);
  });
});

describe('fullJitter', () => {
  it('spreads evenly up to a doubling bound with a cap', () => {
    expect(fullJitter(1, 60_000, () => 1)).toBe(500);
    expect(fullJitter(4, 60_000, () => 0.5)).toBe(2_000);
    expect(fullJitter(30, 60_000, () => 1)).toBe(60_000);
    expect(fullJitter(5_000, 60_000, () => 1)).toBe(60_000);
  });
});

describe('the wait of an agent before it connects again', () => {
  it('is spread over five seconds for about a minute', () => {
    for (const attempt of [1, 2, 24]) {
      expect(agentReconnectDelay(attempt, () => 0.001)).toBe(5);
      expect(agentReconnectDelay(attempt, () => 1)).toBe(5_000);
    }
  });

  it('then grows to a minute and no further', () => {
    const longest = [25, 26, 27, 28, 29, 5_000].map((attempt) => agentReconnectDelay(attempt, () => 1));
    expect(longest).toEqual([10_000, 20_000, 40_000, 60_000, 60_000, 60_000]);
  });
});
