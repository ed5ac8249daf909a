import { type DetectedRsync, detectRsync, readRsyncVersion } from '../rsync/detect-rsync';

/** An rsync that specs run with; its version is asked for when the spec runs. */
export interface RsyncToTest {
  readonly name: string;
  readonly read: () => Promise<DetectedRsync>;
}

/** The rsync that is installed, and those of FLEETCLONE_TEST_RSYNCS: absolute paths, separated by colons. */
export function listRsyncsToTest(): readonly RsyncToTest[] {
  return [{ name: 'the installed rsync', read: () => detectRsync() }, ...listOtherRsyncs()];
}

/** Only those of FLEETCLONE_TEST_RSYNCS; none when it is not set. */
export function listOtherRsyncs(): readonly RsyncToTest[] {
  const paths = (process.env['FLEETCLONE_TEST_RSYNCS'] ?? '').split(':').filter((path) => path !== '');
  return paths.map((binary) => ({ name: binary, read: () => readRsync(binary) }));
}

async function readRsync(binary: string): Promise<DetectedRsync> {
  const version = await readRsyncVersion(binary);
  if (version === null || version === 'absent') throw new Error(`${binary} is not an rsync`);
  return { binary, ...version };
}
