/** The walk through the method: links, equations, the run's own numbers, arrows, a phone. */
import { expect, test } from '@playwright/test';
import { PlaygroundPage } from './fixtures/playgroundPage';

const lessons = [
  'low-rank',
  'components',
  'two-sets',
  'unrolled-step',
  'hypergradient',
  'thresholding',
  'retraining',
  'ablations',
];

test('every lesson has its equation and the numbers of the run', async ({ page }) => {
  const playground = new PlaygroundPage(page);
  await playground.open({
    backend: 'wasm',
    'data.trainSize': 60,
    'search.steps': 6,
    lesson: lessons[0] as string,
  });
  await expect(page.getByText('There is no run yet')).toBeVisible();
  await page.getByRole('button', { name: 'Take one step' }).click();
  const symbols = page.locator('.lesson-symbols');
  await expect(symbols).toContainText('96');
  for (const [i, lesson] of lessons.entries()) {
    await expect(page).toHaveURL(new RegExp(`lesson=${lesson}`));
    await expect(page.getByText(`Chapter ${i + 1} of 8`)).toBeVisible();
    await expect(page.locator('.equation .katex').first()).toBeVisible();
    await expect(page.locator('.katex-error')).toHaveCount(0);
    await expect(symbols).toContainText('step');
    if (lesson === 'components') {
      // A step of β alone moves the weights that are shown.
      const before = await symbols.textContent();
      await page.getByRole('button', { name: /^Step β alone/ }).click();
      await expect.poll(() => symbols.textContent()).not.toBe(before);
    }
    await page.keyboard.press('ArrowRight');
  }
  await page.setViewportSize({ width: 390, height: 844 });
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
  ).toBeLessThanOrEqual(0);
  await page.getByRole('button', { name: 'Sigmoid' }).click();
  await expect(playground.notes).toContainText('Restart with changes');
  await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: 'Lab' }).click();
  await expect(page).not.toHaveURL(/lesson=/);
  expect(playground.faults).toEqual([]);
});
