/**
 * `npm run screenshots`: plays the default experiment and a sweep in the built site and renews the PNGs in docs/images:
 * each screen wide in light and dark, and narrow in light.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuild } from './build.mjs';
import { ensureChromium } from './chromium.mjs';
import { ensureDependencies, root, stop } from './dependencies.mjs';

ensureDependencies();
const [{ chromium }, { preview }] = [await import('playwright'), await import('vite')];
if (!ensureBuild()) stop('The site could not be built; the reason stands above.');
const folder = join(root, 'docs', 'images');
mkdirSync(folder, { recursive: true });
const server = await preview({ root, preview: { host: '127.0.0.1', port: 0 } });
const address = server.resolvedUrls.local[0];
const browser = await chromium.launch({ executablePath: await ensureChromium(), args: ['--no-sandbox'] });

const wide = { width: 1280, height: 900 };
const projector = { width: 1280, height: 720 };
const narrow = { width: 390, height: 844 };

/** @param hash of the address @returns a page of its own, with nothing kept from another */
async function open(hash) {
  const context = await browser.newContext({
    viewport: wide,
    colorScheme: 'light',
    serviceWorkers: 'block',
  });
  const page = await context.newPage();
  await page.goto(`${address}#backend=wasm${hash}`);
  return page;
}

const screen = (page, name) =>
  page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name }).click();

/** The whole page at a size, in light colours and in dark ones. */
async function take(page, size, names) {
  await page.setViewportSize(size);
  for (const [scheme, name] of Object.entries(names)) {
    const other = page.getByRole('button', { name: scheme === 'dark' ? 'Dark colours' : 'Light colours' });
    if (await other.isVisible()) await other.click();
    await page.mouse.move(0, 0);
    // Charts are drawn anew for the width, and only where they are looked at.
    for (const part of [0.25, 0.5, 0.75, 1, 0]) {
      await page.evaluate((at) => scrollTo(0, at * document.body.scrollHeight), part);
      await page.waitForTimeout(700);
    }
    await page.waitForTimeout(800);
    const path = join(folder, `${name}.png`);
    await page.screenshot({ path, fullPage: true });
    console.log(path);
  }
}

const lab = await open('');
await lab.getByRole('button', { name: 'Play' }).click({ timeout: 60_000 });
await lab.getByText('Finished', { exact: true }).waitFor({ timeout: 900_000 });
await lab.getByRole('button', { name: 'Ask', exact: true }).click();
await lab.locator('.answers').waitFor();
await take(lab, wide, { light: 'playground', dark: 'lab-dark' });
await take(lab, narrow, { light: 'lab-narrow' });
await lab.setViewportSize(wide);
await screen(lab, 'Learn');
await lab.getByRole('button', { name: 'The hypergradient, direct and implicit', exact: true }).click();
await take(lab, projector, { light: 'learn', dark: 'learn-dark' });
await take(lab, narrow, { light: 'learn-narrow' });
await lab.context().close();

const runs = await open('&search.steps=60&retrain.steps=120&data.trainSize=400&data.devSize=200');
await screen(runs, 'Runs');
const sweep = runs.getByRole('region', { name: 'Sweep' });
await sweep.getByText('Vary settings').click();
await sweep.getByRole('spinbutton', { name: 'Seeds' }).fill('3');
for (const method of ['AutoLoRA', 'LoRA'])
  await sweep.getByRole('checkbox', { name: method, exact: true }).check();
await sweep.getByRole('button', { name: 'Train 6 runs' }).click();
await sweep.getByText('6 of 6').waitFor({ timeout: 900_000 });
for (const box of await runs.locator('.runs-table tbody input').all()) await box.check();
await take(runs, wide, { light: 'runs', dark: 'runs-dark' });
await take(runs, narrow, { light: 'runs-narrow' });

await browser.close();
await server.close();
