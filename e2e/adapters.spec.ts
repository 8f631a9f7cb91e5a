/** What leaves the page comes back: an adapter that is scored and trained on, a merged checkpoint, the script. */
import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { PlaygroundPage } from './fixtures/playgroundPage';
import { readStoredZip } from './fixtures/storedZip';

const quick = {
  backend: 'wasm',
  method: 'dora',
  'model.maxLength': 16,
  'data.trainSize': 80,
  'data.devSize': 60,
  'adapter.rank': 2,
  'retrain.steps': 12,
  'retrain.batchSize': 4,
};

async function takeAway(page: Page, item: string): Promise<string> {
  await page.getByRole('button', { name: 'Download', exact: true }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem').filter({ hasText: item }).click(),
  ]);
  return download.path();
}

test('an adapter and a merged checkpoint score the same when they come back', async ({ page }) => {
  const playground = new PlaygroundPage(page);
  await playground.open(quick);
  await playground.play.click();
  await playground.finished();
  const score = page.getByTestId('score-dora');
  const first = (await score.locator('b').textContent()) ?? '';
  const adapter = readStoredZip(await takeAway(page, 'DoRA adapter (PEFT)'));
  const merged = readStoredZip(await takeAway(page, 'DoRA merged'));
  const script = readFileSync(await takeAway(page, 'Python script'), 'utf8');
  expect(adapter.map(({ name }) => name)).toEqual(['adapter_config.json', 'adapter_model.safetensors']);
  expect(merged.map(({ name }) => name)).toEqual(['config.json', 'model.safetensors', 'tokenizer.json']);
  expect(script).toContain('USE_DORA = True');
  expect(script).toContain('"3.value": 2');

  await page.getByTestId('adapter-input').setInputFiles(adapter);
  const choice = page.getByRole('group', { name: 'Adapter to start from' });
  await expect(choice).toContainText('Goes on as DoRA');
  // Mantine's input lies over its track.
  await choice.getByRole('switch', { name: /^Only score it/ }).click({ force: true });
  await page.getByRole('button', { name: /^Restart/ }).click();
  await playground.play.click();
  await playground.finished();
  await expect(score).toContainText(first);
  await expect(page.locator('.honesty')).toContainText('Starts from the DoRA adapter “adapter”');
  // Loaded anew with its adapter after a reload.
  await page.reload();
  await playground.finished();
  await expect(choice).toContainText('adapter');

  await choice.getByRole('button', { name: 'Remove the adapter' }).click();
  await expect(choice).toContainText('none: fresh layers');
  await page.getByTestId('checkpoint-input').setInputFiles(merged);
  // The address follows the controls after a rest.
  const address = () => page.evaluate(() => location.hash.slice(1));
  await expect.poll(address).toContain('model.source=files');
  const hash = new URLSearchParams(await address());
  hash.set('method', 'full');
  hash.set('retrain.steps', '0');
  await page.goto(`./#${hash}`);
  await page.getByRole('button', { name: /^Restart/ }).click();
  await playground.play.click();
  await playground.finished();
  await expect(page.getByTestId('score-full')).toContainText(first);
  await expect(page.locator('.honesty')).not.toContainText('head is fresh');
  await expect(playground.errors).toBeEmpty();
  expect(playground.faults).toEqual([]);
});

test('an adapter that does not fit is refused in a sentence', async ({ page }) => {
  const playground = new PlaygroundPage(page);
  await playground.open({ ...quick, method: 'autolora' });
  const config = { peft_type: 'LORA', bias: 'all', r: 8, lora_alpha: 8 };
  await page.getByTestId('adapter-input').setInputFiles([
    {
      name: 'adapter_config.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(config)),
    },
    { name: 'adapter_model.safetensors', mimeType: 'application/octet-stream', buffer: Buffer.alloc(16) },
  ]);
  await expect(page.getByRole('group', { name: 'Adapter to start from' })).toContainText('Goes on as LoRA');
  await playground.play.click();
  await expect(playground.errors).toContainText('"bias" is "all", which is not supported');
});
