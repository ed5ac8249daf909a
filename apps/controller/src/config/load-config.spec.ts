import { loadConfig } from './load-config';

describe('loadConfig', () => {
  it('has a default for everything', () => {
    const { config, secrets } = loadConfig({});

    expect(config).toMatchObject({ host: '127.0.0.1', port: 4300, publicUrl: 'http://127.0.0.1:4300' });
    expect(secrets).toEqual({ databaseUrl: undefined, redisUrl: undefined });
  });

  it('reads an empty variable as unset', () => {
    expect(loadConfig({ FLEETCLONE_PORT: '' }).config.port).toBe(4300);
  });

  it('names the variable at fault but never its value', () => {
    expect(() => loadConfig({ DATABASE_URL: 'mysql://root:hunter2@db/x' })).toThrow(/DATABASE_URL/);
    expect(() => loadConfig({ DATABASE_URL: 'mysql://root:hunter2@db/x' })).not.toThrow(/hunter2/);
  });

  it('asks for the address that agents use beside a Redis of one’s own', () => {
    expect(() => loadConfig({ REDIS_URL: 'redis://localhost' })).toThrow(/FLEETCLONE_REDIS_PUBLIC_URL/);
  });

  it('keeps secrets out of the configuration', () => {
    const { config } = loadConfig({
      DATABASE_URL: 'postgres://u:canary@db/x',
      REDIS_URL: 'redis://u:canary@r',
      FLEETCLONE_REDIS_PUBLIC_URL: 'redis://r',
    });

    expect(JSON.stringify(config)).not.toContain('canary');
  });
});
