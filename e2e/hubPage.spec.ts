/** The Hub from the page: a link fetches nothing, a download outlives cancelling and a reload, and Play needs no network. */
import { expect, test } from '@playwright/test';
import { tinyCheckpoint } from '../src/testing/tinyCheckpoint';
import { PlaygroundPage } from './fixtures/playgroundPage';
import { type HubServer, startHubServer } from './hubServer';

const repo = 'me/tiny-roberta';
const token = 'hf_secretSECRETsecret';
let server: HubServer;

test.beforeEach(async () => {
  const files = Object.fromEntries(tinyCheckpoint().map(({ name, bytes }) => [name, new Uint8Array(bytes)]));
  server = await startHubServer([{ kind: 'model', repo, revisions: { main: 'c'.repeat(40) }, token, files }]);
});
test.afterEach(() => server.close());

const fetched = () =>
  server.requests.filter(({ server: which, method }) => which === 'cdn' && method === 'GET');

test('a download is cancelled, outlives a reload, is resumed, and then trains without a network', async ({
  page,
}) => {
  const playground = new PlaygroundPage(page);
  await playground.open({
    backend: 'wasm',
    'model.source': 'hub',
    'model.name': repo,
    'data.trainSize': 40,
    'data.devSize': 12,
    'search.steps': 3,
    'search.batchSize': 4,
    'retrain.steps': 3,
    'baseline.enabled': false,
  });
  const model = page.getByRole('region', { name: 'Model on the Hub' });
  await expect(model).toContainText('is not in this browser');
  await playground.play.click();
  await expect(playground.errors).toContainText(`${repo} is not downloaded yet`);
  expect(playground.strangers).toEqual([]);

  const settings = page.getByText('Endpoint and token');
  await settings.click();
  await page.getByRole('textbox', { name: 'Endpoint' }).fill(server.url);
  await page.getByLabel('Access token').first().fill(token);
  await page.getByLabel('Access token').first().blur();
  expect(server.requests).toEqual([]);
  await model.getByRole('button', { name: 'Estimate' }).click();
  await expect(model).toContainText('memory to train');
  await expect(model).toContainText('2 blocks of width 16');
  expect(fetched()).toEqual([]);

  server.fault = (path) => (path === 'model.safetensors' ? { bytesPerSecond: 15_000 } : undefined);
  await model.getByRole('button', { name: 'Download' }).click();
  await expect(model.getByRole('progressbar')).toBeVisible();
  await expect.poll(() => fetched().length).toBe(1);
  await page.waitForTimeout(800);
  await model.getByRole('button', { name: 'Cancel' }).click();
  await expect(model).toContainText('was stopped');

  await page.reload();
  await playground.ready();
  expect(await page.evaluate(() => location.href)).not.toContain('hf_secret');
  server.fault = () => undefined;
  await model.getByRole('button', { name: /ownload/ }).click();
  await expect(model).toContainText('Play needs no network');
  const ranges = fetched().map(({ headers }) => headers.range);
  expect(Number(/bytes=(\d+)-/.exec(ranges.at(-1) ?? '')?.[1])).toBeGreaterThan(0);
  for (const { headers } of fetched()) expect(headers.authorization).toBeUndefined();

  server.requests.length = 0;
  await playground.setAuto(true);
  await playground.play.click();
  await playground.finished();
  await playground.score('autolora');
  expect(server.requests).toEqual([]);
  await expect(page.locator('.honesty')).toContainText(`hub: ${repo}`);

  await page.getByText('Downloads in this browser').click();
  await page.getByRole('button', { name: `Delete ${repo}` }).click();
  await expect(model).toContainText('is not in this browser');
  expect(playground.faults).toEqual([]);
});
