import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { waitFor } from '@fleetclone/testing';
import { makeDemoHome } from '../demo-home';
import { openBrowser } from './open-browser';
import { startFleet, type TestFleet } from './start-fleet';

jest.setTimeout(120_000);

/** Set to a folder to keep a picture of every page, light and dark, wide and narrow. */
const pictures = process.env['FLEETCLONE_PICTURES'];
const widths = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };

describe('the console', () => {
  let fleet: TestFleet;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const troubles: string[] = [];

  beforeAll(async () => {
    fleet = await startFleet();
    await makeDemoHome(join(fleet.folders.home, 'files'), { seed: 11, files: 300, bytes: 20_000_000 });
    browser = await openBrowser();
    context = await browser.newContext({ viewport: widths.wide, baseURL: fleet.url });
    context.setDefaultTimeout(15_000);
    page = await context.newPage();
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('console', (message) => {
      // A 401 before signing in is how the console learns that nobody is.
      if (message.type() === 'error' && !message.text().includes('401')) troubles.push(message.text());
    });
  });

  afterAll(async () => {
    await browser.close();
    await fleet.stop();
  });

  async function keepPictures(name: string): Promise<void> {
    if (pictures === undefined) return;
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const [width, viewport] of Object.entries(widths)) {
        await page.setViewportSize(viewport);
        await page.waitForLoadState('networkidle').catch(() => undefined);
        await page.screenshot({
          path: join(pictures, `${name}-${width}-${colorScheme}.png`),
          fullPage: true,
        });
      }
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize(widths.wide);
  }

  it('asks who one is, and goes on to where one wanted to be', async () => {
    await page.goto('/runs');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await keepPictures('sign-in');

    await page.getByLabel('E-mail').fill(fleet.email);
    await page.getByRole('textbox', { name: 'Password' }).fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The name or the password is wrong').waitFor();
    await page.getByRole('textbox', { name: 'Password' }).fill(fleet.password);
    await page.getByRole('button', { name: 'Sign in' }).click();

    await page.waitForURL('**/runs');
  });

  it('shows the fleet, starts a backup and follows it live to its end', async () => {
    await page.goto('/');
    await page.getByText('studio-mac').first().waitFor();
    await keepPictures('fleet-before');

    await page.getByRole('button', { name: 'Back up now: studio-mac' }).click();
    await page.getByRole('link', { name: 'Follow the run' }).last().click();
    await page.waitForURL('**/runs/*');
    // Nothing is reloaded: the end arrives by the live stream.
    await page.getByText('Succeeded').first().waitFor({ timeout: 60_000 });
    await keepPictures('run-succeeded');

    await page
      .getByText(/Everything selected is at the destination/)
      .first()
      .waitFor();
  });

  it('shows progress while a run is under way', async () => {
    const folder = join(fleet.folders.home, 'big');
    await mkdir(folder);
    for (let part = 0; part < 40; part += 1)
      await writeFile(join(folder, `part ${part}`), randomBytes(16 * 1024 * 1024));
    await page.goto('/');
    await page.getByRole('button', { name: 'Back up now: studio-mac' }).click();
    await page.getByRole('link', { name: 'Follow the run' }).last().click();
    await page.waitForURL('**/runs/*');

    const bar = page.getByRole('progressbar').first();
    await bar.waitFor({ timeout: 30_000 });
    const shares = new Set<string | null>();
    await waitFor(
      'the bar to move',
      async () => shares.add(await bar.getAttribute('aria-valuenow')).size >= 3,
      {
        timeoutMs: 30_000,
      },
    );
    await keepPictures('run-under-way');
    await page.getByText('Succeeded').first().waitFor({ timeout: 60_000 });
  });

  it('shows a Mac with its plan, its trust and its runs', async () => {
    await page.goto('/');
    await page.getByRole('link', { name: 'studio-mac' }).first().click();
    await page.waitForURL('**/macs/*');
    await page.getByText('Home').first().waitFor();
    await keepPictures('mac');
    await page.goto('/');
    await keepPictures('fleet');
    await page.goto('/runs');
    await page.getByText('Succeeded').first().waitFor();
    await keepPictures('runs');
  });

  it('makes a plan with transfer options, says which of them are wrong, and shows what is unusual about it', async () => {
    await page.goto('/');
    await page.getByRole('link', { name: 'studio-mac' }).first().click();
    await page.getByRole('link', { name: 'New plan' }).click();
    await page.getByRole('combobox', { name: 'Mac that takes the copy' }).click();
    await page.getByRole('option', { name: /^backup-mac/ }).click();
    await page.getByRole('radio', { name: 'Snapshots' }).check();
    await page.getByRole('button', { name: 'Change the transfer options' }).click();
    const limit = page.getByRole('textbox', { name: 'Bandwidth limit' });
    await limit.fill('20 Mbit');
    await page.getByRole('checkbox', { name: 'Trash' }).uncheck();
    await page.getByRole('button', { name: 'Close the transfer options' }).click();
    await page.getByRole('textbox', { name: 'Name of the plan' }).fill('Versions');
    await page.getByRole('checkbox', { name: 'Back up at once' }).uncheck();
    await page.getByRole('button', { name: 'Make the plan' }).click();
    await page.getByText('The limit must have rates such as 20MB/s').waitFor();
    await limit.and(page.locator(':focus')).waitFor();
    await keepPictures('new-plan-options');

    await limit.fill('20MB/s; 2MB/s@Mon-Fri/8-18');
    await page.getByText('That is: at most').waitFor();
    await page.getByRole('button', { name: 'Make the plan' }).click();

    await page.waitForURL('**/macs/*');
    await page.getByText(/Snapshots · at most 20.MB\/s, .* · also takes: trash/).waitFor();
    await keepPictures('mac-with-options');
  });

  it('hands out the command that enrols another Mac', async () => {
    await page.goto('/macs/add');
    await keepPictures('add-mac');
    await page.getByRole('button', { name: 'Make the command' }).click();
    await page
      .getByText(/FLEETCLONE_ENROL_TOKEN=/)
      .first()
      .waitFor();
    await keepPictures('add-mac-command');
  });

  it('shows the other pages without trouble', async () => {
    for (const [name, path] of [
      ['new-plan', '/plans/new'],
      ['settings', '/settings'],
      ['not-found', '/no/such/page'],
    ] as const) {
      await page.goto(path);
      await page.getByRole('heading').first().waitFor();
      await keepPictures(name);
    }
    expect(troubles).toEqual([]);
  });

  it('says so when the controller is gone, and recovers by itself when it is back', async () => {
    await page.goto('/');
    await page.getByText('studio-mac').first().waitFor();
    troubles.length = 0;

    await fleet.controller.kill9();
    await page.getByText('The controller cannot be reached').waitFor({ timeout: 30_000 });
    await keepPictures('controller-gone');
    await fleet.controller.start();

    await page.getByText('studio-mac').first().waitFor();
    await page.getByText('The controller cannot be reached').waitFor({ state: 'hidden', timeout: 40_000 });
  });

  it('does not keep the controller from ending', async () => {
    await page.goto('/');
    await page.getByText('studio-mac').first().waitFor();
    const startedAt = performance.now();

    expect(await fleet.controller.stop()).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});
