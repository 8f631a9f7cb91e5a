/** `node scripts/screenshot.mjs`: plays the default experiment in the built site and renews docs/images/playground.png. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { preview } from 'vite';
import { ensureBuild } from './build.mjs';
import { ensureChromium } from './chromium.mjs';
import { ensureDependencies, root, stop } from './dependencies.mjs';

ensureDependencies();
if (!ensureBuild()) stop('The site could not be built; the reason stands above.');
const server = await preview({ root, preview: { host: '127.0.0.1', port: 0 } });
const browser = await chromium.launch({ executablePath: await ensureChromium(), args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1280, height: 1500 }, colorScheme: 'light' });
await page.goto(`${server.resolvedUrls.local[0]}#backend=wasm`);
await page.getByRole('button', { name: 'Play' }).click({ timeout: 60_000 });
await page.getByText('Finished', { exact: true }).waitFor({ timeout: 600_000 });
await page.getByRole('button', { name: 'Ask', exact: true }).click();
await page.locator('.answers').waitFor();
mkdirSync(join(root, 'docs', 'images'), { recursive: true });
const path = join(root, 'docs', 'images', process.argv[2] ?? 'playground.png');
await page.screenshot({ path });
console.log(path);
await browser.close();
await server.close();
