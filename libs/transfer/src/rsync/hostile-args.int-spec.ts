import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempFolder, type TempFolder } from '@fleetclone/testing';
import fc from 'fast-check';
import { buildPush } from '../testkit/transfer-inputs';
import { runRsync } from './run-rsync';
import { SourcePathError } from './source-paths';
import { buildTransferArgs } from './transfer-args';

jest.setTimeout(60_000);

describe('the arguments that rsync is really started with', () => {
  let temp: TempFolder;
  let shim: string;
  beforeAll(async () => {
    temp = await makeTempFolder('hostile-args');
    shim = join(temp.path, 'rsync');
    await writeFile(shim, '#!/bin/sh\nfor argument; do printf "%s\\0" "$argument"; done >"${0%/*}/seen"\n');
    await chmod(shim, 0o755);
  });
  afterAll(() => temp.remove());

  it('are those that were built, byte for byte, whatever the sources are called', async () => {
    const path = fc.string({ unit: 'binary', minLength: 1 }).map((text) => `/${text}`);
    let started = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(path, { minLength: 1, maxLength: 5 }), async (sourcePaths) => {
        let args;
        try {
          args = buildTransferArgs(buildPush({ sourcePaths }));
        } catch (error) {
          expect(error).toBeInstanceOf(SourcePathError);
          return;
        }
        started += 1;
        await runRsync({
          binary: shim,
          args,
          folder: temp.path,
          silenceTimeoutMs: 10_000,
          signal: new AbortController().signal,
          onSpawn: () => undefined,
          onProgress: () => undefined,
          onLog: () => undefined,
        });

        expect(await readFile(join(temp.path, 'seen'), 'utf8')).toBe(
          args.map(({ argument }) => `${argument}\0`).join(''),
        );
      }),
      { numRuns: 150 },
    );

    expect(started).toBeGreaterThan(20);
  });
});
