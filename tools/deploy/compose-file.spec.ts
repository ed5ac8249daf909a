import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../apps/controller/src/config/load-config';
import { interpolate, parseComposeFile, type Service } from './compose-file';

const root = join(__dirname, '..', '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const text = read('docker-compose.yml');
const { services, volumes } = parseComposeFile(text);
const all: [string, Service][] = Object.entries(services);

/** The variables of the controller, as its source names them. */
const known = [
  ...read('apps/controller/src/config/load-config.ts').matchAll(/^ {2}([A-Z][A-Z0-9_]+): z/gm),
].map(([, name]) => name);
const given = {
  FLEETCLONE_PUBLIC_URL: 'https://backup.example.org',
  FLEETCLONE_REDIS_PUBLIC_URL: 'rediss://backup.example.org:6380',
  POSTGRES_PASSWORD: 'databasecanary',
  REDIS_PASSWORD: 'rediscanary',
};
const controllerEnv = (env: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(services.controller.environment).map(([name, value]) => [name, interpolate(value, env)]),
  );

describe('docker-compose.yml', () => {
  it('has a health check for each service', () => {
    expect(all.map(([name, { healthcheck }]) => [name, healthcheck.test.join(' ')])).toEqual([
      ['controller', expect.stringContaining('http://127.0.0.1:4300/livez')],
      ['postgres', expect.stringMatching(/^CMD pg_isready .*--host=127\.0\.0\.1/)],
      ['redis', expect.stringMatching(/^CMD-SHELL .*redis-cli .*--user controller ping/)],
    ]);
  });

  it('starts the controller when database and Redis are healthy', () => {
    expect(services.controller.depends_on).toEqual({
      postgres: { condition: 'service_healthy' },
      redis: { condition: 'service_healthy' },
    });
  });

  it('gives the controller nothing but variables that it reads, with values that it takes', () => {
    const names = Object.keys(services.controller.environment);
    const { config, secrets } = loadConfig(controllerEnv(given));

    expect(known.length).toBeGreaterThan(5);
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
    expect(config).toEqual({
      host: '0.0.0.0',
      port: 4300,
      publicUrl: given.FLEETCLONE_PUBLIC_URL,
      varFolder: '/var/lib/fleetclone',
      logLevel: 'info',
      redisPublicUrl: given.FLEETCLONE_REDIS_PUBLIC_URL,
    });
    expect(secrets).toEqual({
      databaseUrl: 'postgres://fleetclone:databasecanary@postgres:5432/fleetclone',
      redisUrl: 'redis://controller:rediscanary@redis:6379',
    });
  });

  it.each(Object.keys(given))('does not start without %s, which has no default', (name) => {
    const values = all.flatMap(([, { environment }]) => Object.values(environment));

    expect(() => values.map((value) => interpolate(value, { ...given, [name]: '' }))).toThrow(
      `${name} is missing`,
    );
  });

  it('holds no secret: passwords come from variables that must be set', () => {
    const secrets = all
      .flatMap(([, { environment }]) => Object.entries(environment))
      .filter(([name, value]) => name.includes('PASSWORD') || /:\/\/[^/]*@/.test(value));

    expect(secrets.map(([name]) => name).sort()).toEqual([
      'DATABASE_URL',
      'POSTGRES_PASSWORD',
      'REDIS_PASSWORD',
      'REDIS_URL',
    ]);
    expect(secrets.filter(([, value]) => !/\$\{[A-Z]+_PASSWORD:\?[^}]+\}/.test(value))).toEqual([]);
    expect(text).not.toMatch(/:\/\/[^/\s:]+:(?!\$\{)[^/\s@]*@/);
  });

  it('publishes the controller alone, and that on this machine only unless asked', () => {
    const published = all.flatMap(([, { ports }]) => ports ?? []).map((port) => interpolate(port, {}));

    expect(published).toEqual(['127.0.0.1:4300:4300']);
  });

  it('keeps everything in volumes, and PostgreSQL’s where its image from 18 on wants it', () => {
    const mounts = all.flatMap(([, { volumes: mounted }]) => mounted);

    expect(mounts).toEqual(['controller:/var/lib/fleetclone', 'postgres:/var/lib/postgresql', 'redis:/data']);
    expect(Object.keys(volumes)).toEqual(['controller', 'postgres', 'redis']);
    expect([services.postgres.image, services.redis.image]).toEqual(['postgres:18', 'redis:7']);
  });

  it('sets Redis up so that it keeps orders through a restart and lets nobody in without a password', () => {
    const lines = (services.redis.command?.[0] ?? '').split('\n');

    expect(lines).toEqual(
      expect.arrayContaining([
        'appendonly yes',
        'maxmemory-policy noeviction',
        'user default off ~* &* +@all',
        'user controller on #$$hash ~* &* +@all',
      ]),
    );
  });
});
