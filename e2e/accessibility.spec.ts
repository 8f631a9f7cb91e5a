/** axe on every screen, light and dark, wide and narrow: nothing serious, nothing critical. */
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { chapters } from '../src/ui/learn/chapters';
import { PlaygroundPage } from './fixtures/playgroundPage';
import { tinyExperiment } from './fixtures/tinyExperiment';

/** Rules broken that a person would notice, with the first place of each. */
async function faults(page: Page): Promise<string[]> {
  // What passes is not described: most of the time goes into that.
  const { violations } = await new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help} (${nodes.length}, first ${nodes[0]?.target.join(' ')})`);
}

/** Waits until the screen is there and no transition is under way: colours are read when they are what they will be. */
async function still(page: Page): Promise<void> {
  await expect(page.getByRole('main').getByRole('heading', { level: 2 }).first()).toBeVisible();
  await expect(page.getByText('Loading…')).toHaveCount(0);
  await page.waitForFunction(() =>
    document.getAnimations().every(({ playState, effect }) => {
      const endless = effect?.getComputedTiming().endTime === Number.POSITIVE_INFINITY;
      return playState !== 'running' || endless;
    }),
  );
}

async function inEveryLook(page: Page, screen: string): Promise<void> {
  for (const [colorScheme, width] of [
    ['light', 1280],
    ['dark', 1280],
    ['dark', 390],
  ] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: 900 });
    await still(page);
    expect(await faults(page), `${screen}, ${colorScheme}, ${width} wide`).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, `${screen} at ${width}`).toBeLessThanOrEqual(0);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

test('axe finds nothing serious on any screen', async ({ page }) => {
  const playground = new PlaygroundPage(page);
  await playground.open(tinyExperiment);
  await inEveryLook(page, 'Lab, fresh');
  await playground.play.click();
  await playground.finished();
  await inEveryLook(page, 'Lab, finished');
  const screens = page.getByRole('navigation', { name: 'Screens' }).getByRole('button');
  const others = (await screens.allTextContents()).filter((title) => title !== 'Lab');
  expect(others).toEqual(['Runs', 'Learn']);
  for (const name of others) {
    await screens.filter({ hasText: name }).click();
    await still(page);
    if (name === 'Runs') await page.locator('.runs-table tbody input').first().check();
    await inEveryLook(page, name);
    if (name !== 'Learn') continue;
    const buttons = page.getByRole('navigation', { name: 'Chapters' }).getByRole('button');
    await expect(buttons).toHaveCount(chapters.length);
    for (const chapter of await buttons.all()) {
      await chapter.click();
      expect(await faults(page), (await chapter.textContent()) ?? '').toEqual([]);
    }
  }
});
