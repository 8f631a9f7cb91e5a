/** A browser that denies the page every storage: private windows and blocked site data do. */
import { expect, test } from '@playwright/test';
import { PlaygroundPage } from './fixtures/playgroundPage';

test('what cannot be stored is trained all the same, said, and given back after a restart', async ({
  page,
}) => {
  await page.addInitScript(() => {
    const deny = () => {
      throw new DOMException('Access is denied for this document.', 'SecurityError');
    };
    for (const name of ['indexedDB', 'localStorage', 'sessionStorage'])
      Object.defineProperty(window, name, { get: deny });
    Object.defineProperty(navigator.storage, 'getDirectory', { value: async () => deny() });
  });
  const playground = new PlaygroundPage(page);
  await playground.open({
    backend: 'wasm',
    'data.trainSize': 40,
    'data.devSize': 10,
    'search.steps': 4,
    'retrain.steps': 4,
    'baseline.enabled': false,
    reportEvery: 2,
  });
  await playground.play.click();
  await playground.finished();
  const score = await playground.score('autolora');
  await expect(page.locator('.notices')).toContainText('A reload would lose what came since the last save.');

  await page.getByRole('button', { name: 'Reset' }).click();
  await expect(playground.step).toHaveText('0');
  const transport = page.getByRole('region', { name: 'Transport' });
  await expect(transport).toContainText('The run before could not be stored');
  await page.getByRole('button', { name: 'Go back to it' }).click();
  expect(await playground.score('autolora')).toBe(score);
  expect(playground.faults).toEqual([]);
});
