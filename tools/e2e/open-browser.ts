import { existsSync } from 'node:fs';
import { findProgram } from '@fleetclone/testing';
import { type Browser, chromium } from 'playwright-core';

const macChrome = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** A real, headless Chromium of this machine. */
export function openBrowser(): Promise<Browser> {
  const executablePath =
    process.env['CHROMIUM'] ??
    (existsSync(macChrome)
      ? macChrome
      : findProgram(
          ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
          'apt-get install chromium',
        ));
  return chromium.launch({
    executablePath,
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
