import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempFolder, type TempFolder } from '@fleetclone/testing';
import { readLinkCache, writeLinkCache } from './link-cache';
import type { LinkMeasurement } from './measure-link';

const MEASURED = new Date('2026-01-14T12:00:00Z');
const HOUR_MS = 3_600_000;
const ADDRESS = { host: 'studio.local', port: 22 };
const LINK: LinkMeasurement = {
  roundTripMs: 21.5,
  bytesPerSecond: 12_500_000,
  isAtLeast: false,
  isSameMachine: false,
  measuredAtMs: MEASURED.getTime(),
};

describe('the cache of a measured line', () => {
  let temp: TempFolder;
  let path: string;
  const later = (hours: number): Date => new Date(MEASURED.getTime() + hours * HOUR_MS);

  beforeEach(async () => {
    temp = await makeTempFolder('cache');
    path = join(temp.path, 'link.json');
  });
  afterEach(() => temp.remove());

  it('gives back for a day what was measured', async () => {
    await writeLinkCache(path, ADDRESS, LINK);

    expect(await readLinkCache(path, ADDRESS, later(23.9))).toEqual(LINK);
    expect(await readLinkCache(path, ADDRESS, later(24))).toBeNull();
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('keeps that a rate was not measured', async () => {
    await writeLinkCache(path, ADDRESS, { ...LINK, bytesPerSecond: null });

    expect(await readLinkCache(path, ADDRESS, MEASURED)).toMatchObject({ bytesPerSecond: null });
  });

  it('holds for one address only', async () => {
    await writeLinkCache(path, ADDRESS, LINK);

    expect(await readLinkCache(path, { ...ADDRESS, host: '10.0.0.9' }, MEASURED)).toBeNull();
    expect(await readLinkCache(path, { ...ADDRESS, port: 2222 }, MEASURED)).toBeNull();
  });

  it('remembers the last eight addresses', async () => {
    const at = (port: number) => ({ ...ADDRESS, port });
    for (let port = 1; port <= 8; port += 1)
      await writeLinkCache(path, at(port), { ...LINK, roundTripMs: port });
    await writeLinkCache(path, at(1), { ...LINK, roundTripMs: 0.5 });
    await writeLinkCache(path, at(9), { ...LINK, roundTripMs: 9 });

    expect(await readLinkCache(path, at(1), MEASURED)).toMatchObject({ roundTripMs: 0.5 });
    expect(await readLinkCache(path, at(2), MEASURED)).toBeNull();
    for (let port = 3; port <= 9; port += 1)
      expect(await readLinkCache(path, at(port), MEASURED)).toMatchObject({ roundTripMs: port });
  });

  it('does not believe a measurement of tomorrow', async () => {
    await writeLinkCache(path, ADDRESS, LINK);

    expect(await readLinkCache(path, ADDRESS, later(-1))).toBeNull();
  });

  it('is empty when there is no file, or one that is not ours', async () => {
    expect(await readLinkCache(path, ADDRESS, MEASURED)).toBeNull();
    await writeLinkCache(path, ADDRESS, LINK);
    const whole = await readFile(path, 'utf8');
    for (const text of ['', whole.slice(0, 20), 'null', '[]', whole.replace('21.5', '"x"')]) {
      await writeFile(path, text);
      expect(await readLinkCache(path, ADDRESS, MEASURED)).toBeNull();
    }
  });

  it('does not hide that it cannot be read', async () => {
    await mkdir(path);

    await expect(readLinkCache(path, ADDRESS, MEASURED)).rejects.toMatchObject({ code: 'EISDIR' });
  });
});
