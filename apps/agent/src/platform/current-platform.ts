import { darwinPlatform } from './darwin/darwin-platform';
import { linuxPlatform } from './linux/linux-platform';
import type { MacPlatform } from './mac-platform';

/** The agent does not run on this system. */
export class UnsupportedPlatformError extends Error {
  override readonly name = 'UnsupportedPlatformError';
}

/** The platform that this process runs on. */
export function currentPlatform(name: NodeJS.Platform = process.platform): MacPlatform {
  if (name === 'darwin') return darwinPlatform;
  if (name === 'linux') return linuxPlatform;
  throw new UnsupportedPlatformError(`the agent runs on macOS and Linux, not on ${name}`);
}
