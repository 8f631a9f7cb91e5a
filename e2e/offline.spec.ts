/** After one visit the page works without a network, and a newer version waits until it is asked for. */
import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { startStaticServer } from '../src/cli/staticServer';
import { PlaygroundPage } from './fixtures/playgroundPage';

test.use({ serviceWorkers: 'allow' });

const models = fileURLToPath(new URL('../public/models', import.meta.url));

/** A site of this test's own, so that it can be changed under the page. */
async function serveSite(folder: string) {
  cpSync(fileURLToPath(new URL('../dist', import.meta.url)), folder, { recursive: true });
  const server = await startStaticServer(join(folder, 'assets'));
  const address = `${server.origin}${server.share(folder)}/index.html`;
  return { folder, address, close: () => server.close() };
}

const kept = (page: Page) =>
  expect
    .poll(() => page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.active?.state), {
      timeout: 60_000,
    })
    .toBe('activated');

/** Hash of a small experiment; of a key that stands twice a link takes the first. */
const hash = (steps: number) => `#v=1&backend=wasm&search.steps=${steps}&data.trainSize=40&data.devSize=20`;

test('trains without a network after one visit, from a sub-path', async ({ page, context }, {
  outputDir,
}) => {
  const site = await serveSite(join(outputDir, 'site'));
  try {
    const playground = new PlaygroundPage(page);
    await page.goto(`${site.address}${hash(4)}`);
    await playground.ready();
    await kept(page);
    site.close();
    await context.setOffline(true);
    await page.reload();
    await playground.ready();
    await page.getByRole('button', { name: 'Step both' }).click();
    await playground.reach(1);
    await expect(playground.errors).toBeEmpty();
    // Models that this visit did not use are there too, whole.
    for (const name of readdirSync(models)) {
      const lengths = await page.evaluate(async (folder) => {
        const lengthOf = async (file: string) =>
          (await (await fetch(`./models/${folder}/${file}`)).arrayBuffer()).byteLength;
        return Promise.all(['config.json', 'tokenizer.json', 'model.safetensors'].map(lengthOf));
      }, name);
      const built = ['config.json', 'tokenizer.json', 'model.safetensors'].map(
        (file) => statSync(join(models, name, file)).size,
      );
      expect(lengths, name).toEqual(built);
    }
    await page.getByRole('button', { name: 'Help and keys' }).click();
    await expect(page.getByRole('dialog')).toContainText('works without a network');
  } finally {
    site.close();
  }
});

test('says that a newer version waits, holds it back during a run, and loads it on request', async ({
  page,
}, { outputDir }) => {
  const site = await serveSite(join(outputDir, 'site'));
  try {
    const playground = new PlaygroundPage(page);
    await page.goto(`${site.address}${hash(2000)}`);
    await playground.ready();
    await kept(page);
    await playground.play.click();
    await playground.reach(1);
    const index = join(site.folder, 'index.html');
    writeFileSync(index, readFileSync(index, 'utf8').replace('<title>', '<title data-version="2">'));
    const worker = join(site.folder, 'sw.js');
    writeFileSync(
      worker,
      readFileSync(worker, 'utf8').replace(
        /(index\.html`?"?,revision:[`"])[0-9a-f]{16}/,
        '$10123456789abcdef',
      ),
    );
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
    const notice = page.getByRole('status').filter({ hasText: 'A newer version of this page is ready' });
    await expect(notice).toBeVisible();
    await expect(notice.getByRole('button', { name: 'Reload now' })).toBeDisabled();
    const before = Number(await playground.step.textContent());
    await playground.reach(before + 1);
    await playground.play.click();
    await notice.getByRole('button', { name: 'Reload now' }).click();
    await expect(page.locator('title[data-version="2"]')).toHaveCount(1);
    await playground.ready();
    await expect(notice).toHaveCount(0);
  } finally {
    site.close();
  }
});
