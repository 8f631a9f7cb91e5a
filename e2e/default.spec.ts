/** The embedded experiment as a first visitor meets it: on WebGPU for a few steps, on WASM to its end. */
import { expect, test } from '@playwright/test';
import { PlaygroundPage } from './fixtures/playgroundPage';

/** The default experiment, only shorter. */
const short = {
  'data.trainSize': 120,
  'data.devSize': 40,
  'search.steps': 12,
  'retrain.steps': 8,
  reportEvery: 2,
};

test('plays a few search steps on WebGPU', async ({ page }) => {
  test.setTimeout(600_000);
  const playground = new PlaygroundPage(page);
  await playground.open({
    ...short,
    backend: 'webgpu',
    'search.batchSize': 4,
    'model.maxLength': 12,
    reportEvery: 1,
  });
  await expect(playground.backend).toHaveAccessibleName(/^Backend: WebGPU/);
  await playground.setAuto(false);
  await playground.play.click();
  await playground.reach(2, 500_000);
  await playground.play.click();
  await expect(playground.play).toHaveText('Play');
  await expect(playground.heatmap.getByRole('gridcell').first()).toBeVisible();
  await expect(playground.errors).toBeEmpty();
  const step = Number(await playground.step.textContent());

  // Whom the GPU fails goes on without it.
  await playground.backend.click();
  await page.getByRole('button', { name: 'Reload the page on WASM' }).click();
  await expect(playground.backend).toHaveAccessibleName(/^Backend: WASM/);
  await expect(playground.notes).toContainText(`Resumed at step ${step} of search.`);
  expect(playground.faults).toEqual([]);
});

test('goes from search by hand through threshold and retraining to both results on WASM', async ({
  page,
}) => {
  const playground = new PlaygroundPage(page);
  await playground.open({ ...short, backend: 'wasm' });
  await expect(playground.backend).toHaveAccessibleName(/^Backend: WASM SIMD/);
  await playground.setAuto(false);
  await playground.play.click();
  await page.getByRole('button', { name: 'Threshold now' }).and(page.locator('[data-primary=true]')).click();
  await page.getByRole('button', { name: 'Retrain' }).click();
  expect(await playground.score('autolora')).toMatch(/^\d+(\.\d+)?\s?%$/);
  expect(await playground.score('lora')).toMatch(/^\d+(\.\d+)?\s?%$/);
  await playground.finished();
  // Ranks differ between layers or not, but there is one per query and value of each of the four blocks.
  const ranks = (await playground.ranks('autolora')).trim().split(' ').map(Number);
  expect(ranks).toHaveLength(8);
  expect(Math.min(...ranks)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...ranks)).toBeLessThanOrEqual(8);

  await page.getByRole('textbox', { name: 'A sentence of your own' }).fill('The film was not good.');
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  for (const model of ['before', 'autolora', 'lora']) {
    const answer = page.locator(`.answers [data-model=${model}]`);
    await expect(answer.locator('.answer-bar')).toHaveText([
      /^negative \d+\.\d\s%$/,
      /^positive \d+\.\d\s%$/,
    ]);
    await expect(answer.locator('[data-best=true]')).toHaveCount(1);
  }
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download', exact: true }).click();
  await page.getByRole('menuitem', { name: 'AutoLoRA adapter (PEFT)' }).click();
  expect((await download).suggestedFilename()).toMatch(/^autolora-adapter-seed1\.zip$/);
  await expect(playground.errors).toBeEmpty();
  expect(playground.faults).toEqual([]);
  expect(playground.strangers).toEqual([]);
});

test('runs through to the result by itself after single half steps', async ({ page }) => {
  const playground = new PlaygroundPage(page);
  await playground.open({ ...short, backend: 'wasm', 'baseline.enabled': false });
  for (const [name, at] of [
    ['Step W', 1],
    ['Step β', 2],
    ['Step both', 3],
  ] as const) {
    await page.getByRole('button', { name }).click();
    await playground.reach(at);
  }
  await playground.setAuto(true);
  await playground.play.click();
  await playground.finished();
  await playground.score('autolora');
  await expect(playground.play).toBeDisabled();
});
