/** The Hub from the page: a link fetches nothing, a download outlives cancelling and a reload, and Play needs no network. */
import { expect, test } from '@playwright/test';
import { type HubServer, startHubServer } from '../src/testing/hubServer';
import { tinyCheckpoint } from '../src/testing/tinyCheckpoint';
import { PlaygroundPage } from './fixtures/playgroundPage';

const repo = 'me/tiny-roberta';
const token = 'hf_secretSECRETsecret';
let server: HubServer;
/** Bytes of the files that come before the weights. */
let small: number;

test.beforeEach(async () => {
  const files = Object.fromEntries(tinyCheckpoint().map(({ name, bytes }) => [name, new Uint8Array(bytes)]));
  small = Object.entries(files).reduce(
    (sum, [name, { length }]) => sum + (name === 'model.safetensors' ? 0 : length),
    0,
  );
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

  // Part of the weights trickles in, the rest never does: cancelling cannot come too late.
  server.fault = (path) =>
    path === 'model.safetensors' ? { bytesPerSecond: 40_000, holdAfter: 20_000 } : undefined;
  await model.getByRole('button', { name: 'Download' }).click();
  const bar = model.getByRole('progressbar');
  await expect
    .poll(() => bar.evaluate((element: HTMLProgressElement) => element.value))
    .toBeGreaterThan(small);
  await model.getByRole('button', { name: 'Cancel' }).click();
  await expect(model).toContainText('was stopped');

  await page.reload();
  await playground.ready();
  expect(await page.evaluate(() => location.href)).not.toContain('hf_secret');
  server.fault = () => undefined;
  await model.getByRole('button', { name: /ownload/ }).click();
  await expect(model).toContainText('Play needs no network');
  const from = Number(/bytes=(\d+)-/.exec(fetched().at(-1)?.headers.range ?? '')?.[1]);
  expect(from).toBeGreaterThan(0);
  expect(from).toBeLessThanOrEqual(20_000);
  for (const { headers } of fetched()) expect(headers.authorization).toBeUndefined();

  // Another address drops the token, on the page too.
  const address = page.getByRole('textbox', { name: 'Endpoint' });
  const tokenField = page.getByLabel('Access token').first();
  await settings.click();
  await expect(tokenField).toHaveValue(token);
  await address.fill(server.cdnUrl);
  await address.blur();
  await expect(tokenField).toHaveValue('');
  await address.fill(server.url);
  await address.blur();
  await expect(model).toContainText('Play needs no network');

  server.requests.length = 0;
  await playground.setAuto(true);
  await playground.play.click();
  await playground.finished();
  await playground.score('autolora');
  expect(server.requests).toEqual([]);
  await expect(page.locator('.honesty')).toContainText(`hub: ${repo}`);

  await page.getByText('Downloads in this browser').click();
  await page.getByRole('button', { name: `Delete ${repo}` }).click();
  const sure = page.getByRole('button', { name: /^Delete .+ for good\?$/ });
  // A second press that comes too soon is none.
  await expect(async () => {
    await sure.click({ timeout: 700 });
    await expect(sure).toHaveCount(0, { timeout: 700 });
  }).toPass();
  await expect(model).toContainText('is not in this browser');
  expect(playground.faults).toEqual([]);
});
