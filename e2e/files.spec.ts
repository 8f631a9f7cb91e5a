/** A person's own checkpoint and SST-2 files, whole and broken. */
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { PlaygroundPage } from './fixtures/playgroundPage';
import { writeCheckpoint, writeSst2 } from './fixtures/tinyCheckpoint';

const short = {
  backend: 'wasm',
  'search.steps': 6,
  'search.batchSize': 4,
  'retrain.steps': 4,
  'baseline.enabled': false,
};

test('trains on a checkpoint folder and SST-2 files', async ({ page }, { outputDir }) => {
  const playground = new PlaygroundPage(page);
  const { train, dev } = writeSst2(join(outputDir, 'sst2'));
  await playground.open(short);
  await page.getByTestId('model-input').setInputFiles(writeCheckpoint(outputDir));
  await page.getByTestId('data-input').setInputFiles([train, dev]);
  const drop = page.getByRole('region', { name: 'Your own model and data' });
  await expect(drop).toContainText('tiny-roberta/');
  await expect(drop).toContainText('train.tsv');
  await playground.setAuto(true);
  await playground.play.click();
  await playground.finished();
  await playground.score('autolora');
  await expect(page.locator('.honesty')).toContainText('SST-2, 60 train and 20 dev examples');
  await expect(playground.errors).toBeEmpty();
  expect(playground.faults).toEqual([]);
});

test('says file, line and fault of a malformed train file, and keeps standing', async ({ page }, {
  outputDir,
}) => {
  const playground = new PlaygroundPage(page);
  const { train, dev } = writeSst2(join(outputDir, 'broken'));
  writeFileSync(train, readFileSync(train, 'utf8').replace('number 3\t1', 'number 3\tmaybe'));
  await playground.open(short);
  await page.getByTestId('data-input').setInputFiles([train, dev]);
  await playground.play.click();
  await expect(playground.errors).toContainText(/train\.tsv.*line 5/);
  await expect(playground.errors).toContainText('maybe');
  await expect(playground.step).toHaveText('0');
});

test('says what is wrong with a truncated safetensors file', async ({ page }, { outputDir }) => {
  const playground = new PlaygroundPage(page);
  mkdirSync(outputDir, { recursive: true });
  const folder = writeCheckpoint(outputDir);
  truncateSync(join(folder, 'model.safetensors'), 4000);
  await playground.open(short);
  await page.getByTestId('model-input').setInputFiles(folder);
  await playground.play.click();
  await expect(playground.errors).toContainText('model.safetensors');
  await expect(playground.step).toHaveText('0');
});
