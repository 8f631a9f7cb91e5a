/** Tables of one's own: a CSV whose columns have no usual names is explained, mapped by hand, and trained on. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { PlaygroundPage } from './fixtures/playgroundPage';

/** A CSV with the columns `remark` and `verdict`. */
function writeCsv(path: string, from: number, count: number): string {
  const rows = Array.from({ length: count }, (_, i) =>
    (from + i) % 2
      ? `"a warm, funny evening number ${from + i}",good`
      : `a dull and empty day ${from + i},bad`,
  );
  writeFileSync(path, `${['remark,verdict', ...rows].join('\n')}\n`);
  return path;
}

test('a run is taken up with its own files, whatever was chosen since', async ({ page }, { outputDir }) => {
  mkdirSync(outputDir, { recursive: true });
  const playground = new PlaygroundPage(page);
  await playground.open({
    backend: 'wasm',
    'data.task': 'own',
    'search.steps': 4,
    'search.batchSize': 4,
    'retrain.steps': 3,
    'baseline.enabled': false,
  });
  const choose = (count: number) =>
    page
      .getByTestId('data-input')
      .setInputFiles([
        writeCsv(join(outputDir, 'train.csv'), 0, count),
        writeCsv(join(outputDir, 'dev.csv'), count, 12),
      ]);
  const honesty = page.locator('.honesty');
  await choose(40);
  const data = page.locator('.own-data');
  await data.getByRole('combobox', { name: 'Text', exact: true }).selectOption('remark');
  await data.getByRole('combobox', { name: 'Label' }).selectOption('verdict');
  await expect(data).toContainText('train: 40 examples');
  await playground.play.click();
  await playground.finished();
  await expect(honesty).toContainText('40 train and 12 dev examples');
  // Longer now, under the same name.
  await choose(60);
  await expect(data).toContainText('train: 60 examples');
  await page.getByRole('button', { name: 'Restart with changes' }).click();
  await expect(playground.play).toHaveText('Play');
  await playground.play.click();
  await playground.finished();
  await expect(honesty).toContainText('60 train and 12 dev examples');

  const screens = page.getByRole('navigation', { name: 'Screens' });
  await screens.getByRole('button', { name: 'Runs' }).click();
  await expect(page.locator('.runs-table tbody tr')).toHaveCount(2);
  await page.locator('.runs-table tbody tr').nth(1).getByRole('button', { name: 'Open' }).click();
  await expect(data).toContainText('train: 40 examples');
  await page.getByRole('button', { name: 'Reset' }).click();
  await expect(playground.step).toHaveText('0');
  await playground.play.click();
  await playground.finished();
  await expect(honesty).toContainText('40 train and 12 dev examples');
  await page.reload();
  await playground.finished();
  await expect(data).toContainText('train: 40 examples');
  await expect(playground.errors).toBeEmpty();
  expect(playground.faults).toEqual([]);
});

test('a CSV with other columns is explained, mapped by hand and trained on', async ({ page }, {
  outputDir,
}) => {
  mkdirSync(outputDir, { recursive: true });
  const playground = new PlaygroundPage(page);
  await playground.open({
    backend: 'wasm',
    'data.task': 'own',
    'search.steps': 4,
    'search.batchSize': 4,
    'retrain.steps': 4,
    'baseline.enabled': false,
  });
  await page
    .getByTestId('data-input')
    .setInputFiles([
      writeCsv(join(outputDir, 'train.csv'), 0, 40),
      writeCsv(join(outputDir, 'dev.csv'), 40, 12),
    ]);
  const data = page.locator('.own-data');
  await expect(data).toContainText('train.csv: which column holds the text?');
  await expect(data).toContainText('the columns are remark, verdict');
  await expect(data.getByRole('cell', { name: 'a warm, funny evening number 1' })).toBeVisible();
  await data.getByRole('combobox', { name: 'Text', exact: true }).selectOption('remark');
  await data.getByRole('combobox', { name: 'Label' }).selectOption('verdict');
  await expect(data).toContainText('train: 40 examples');
  await expect(data).toContainText('dev: 12 examples');
  await expect(data).toContainText('Labels: bad, good.');
  await expect.poll(() => page.evaluate(() => location.hash)).toContain('data.columns=');

  await playground.setAuto(true);
  await playground.play.click();
  await playground.finished();
  await playground.score('autolora');
  await expect(page.locator('.honesty')).toContainText('40 train and 12 dev examples');
  await expect(page.locator('.confusion')).toContainText('good');
  await expect(playground.errors).toBeEmpty();
  expect(playground.faults).toEqual([]);
  expect(playground.strangers).toEqual([]);
});
