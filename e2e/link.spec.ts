/** A share link in another browser: the same controls, and the same run to the digit. */
import { expect, test } from '@playwright/test';
import { PlaygroundPage } from './fixtures/playgroundPage';

test('a copied link reproduces configuration and result', async ({ browser }) => {
  const first = new PlaygroundPage(await browser.newPage());
  await first.open({
    backend: 'wasm',
    seed: 7,
    'data.trainSize': 100,
    'data.devSize': 30,
    'search.steps': 6,
    'hypergradient.estimator': 'first-order',
    'adapter.rank': 4,
    'retrain.steps': 4,
    'baseline.enabled': false,
  });
  await first.setAuto(true);
  await first.play.click();
  await first.finished();
  const link = await first.page.evaluate(() => location.href);
  const score = await first.score('autolora');
  const ranks = await first.ranks('autolora');

  const context = await browser.newContext();
  const second = new PlaygroundPage(await context.newPage());
  await second.page.goto(link);
  await second.ready();
  expect(await second.page.evaluate(() => location.hash)).toBe(new URL(link).hash);
  // Opening a link starts nothing.
  await expect(second.step).toHaveText('0');
  await second.setAuto(true);
  await second.play.click();
  await second.finished();
  expect(await second.score('autolora')).toBe(score);
  expect(await second.ranks('autolora')).toBe(ranks);
  await context.close();
});

test('a link with a value out of range is clamped and says so', async ({ page }) => {
  const playground = new PlaygroundPage(page);
  await playground.open({ backend: 'wasm', 'adapter.rank': 900 });
  await expect(playground.notes).toContainText('adapter.rank=900 was set to 64');
});
