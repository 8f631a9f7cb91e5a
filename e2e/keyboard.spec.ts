/** By keyboard: controls say what they are for, and the focus is never lost with what is closed, disabled or gone. */
import { expect, type Locator, type Page, test } from '@playwright/test';
import { PlaygroundPage } from './fixtures/playgroundPage';
import { RunsPage } from './fixtures/runsPage';
import { tinyExperiment } from './fixtures/tinyExperiment';

const tiny = { ...tinyExperiment, 'baseline.enabled': false };

/** Presses a control as a keyboard does. */
const pressIn = (page: Page) => async (control: Locator) => {
  await control.focus();
  await page.keyboard.press('Enter');
};

test('the Lab and Learn keep the focus, and say what their controls are for', async ({ page }) => {
  const playground = new PlaygroundPage(page);
  await playground.open(tiny);
  const press = pressIn(page);
  const screens = page.getByRole('navigation', { name: 'Screens' });
  const dialog = page.getByRole('dialog');

  for (const [opener, what] of [
    [page.getByRole('button', { name: 'Help and keys' }), 'Auto'],
    [playground.backend, 'Self-check'],
  ] as const) {
    await press(opener);
    await expect(dialog).toContainText(what);
    // The dialog gives back what it took.
    await expect(opener).not.toBeFocused();
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    await expect(opener).toBeFocused();
  }

  const seed = page.getByRole('textbox', { name: 'Seed' });
  await expect(seed).toHaveAccessibleDescription(/the same seed repeats the run\. 0 to \d+, default 1\.$/);
  await seed.fill('abc');
  await page.keyboard.press('Enter');
  await expect(seed).toHaveAccessibleDescription(/default 1\. “abc” is no whole number/);
  await expect(seed).toHaveAttribute('aria-invalid', 'true');
  await seed.fill('2');
  await page.keyboard.press('Enter');
  await press(page.getByRole('button', { name: 'Seed: back to 1' }));
  await expect(seed).toHaveValue('1');
  await expect(seed).toBeFocused();
  await expect(page.getByRole('combobox', { name: 'Embedded model' })).toHaveAccessibleDescription(
    /no download\.$/,
  );

  const tip = (text: string) => page.getByRole('tooltip').filter({ hasText: text });
  await playground.auto.focus();
  await expect(tip('Continue automatically')).toBeVisible();
  const transport = page.getByRole('region', { name: 'Transport' });
  await transport.getByRole('switch', { name: 'Slow' }).hover();
  await expect(tip('Rest half a second')).toBeVisible();
  await page.mouse.move(0, 0);

  // What gets the focus is scrolled to below the bar, however many rows that has.
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    await expect
      .poll(() =>
        transport.evaluate((bar) => {
          const { scrollPaddingTop } = getComputedStyle(document.documentElement);
          return Number.parseFloat(scrollPaddingTop) - (bar as HTMLElement).offsetHeight;
        }),
      )
      .toBe(8);
  }

  await press(screens.getByRole('button', { name: 'Learn' }));
  await press(page.getByRole('button', { name: 'Take one step' }));
  await expect(page.getByRole('region', { name: 'In this run' })).toBeFocused();
  await expect(page.locator('.lesson-symbols')).toContainText('step');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByText('Chapter 2 of 8')).toBeVisible();
  await expect(page.locator('#lesson-title')).toBeFocused();

  await press(screens.getByRole('button', { name: 'Lab' }));
  await press(playground.play);
  await playground.finished();
  await expect(playground.phases.getByText('done', { exact: true })).toHaveCount(4);
  await page.getByTestId('score-autolora').locator('.explained').focus();
  await expect(tip('Share of')).toBeVisible();
  await expect(playground.heatmap.getByRole('row', { name: /^0\.query, rank \d$/ })).toBeVisible();
  await press(page.locator('.wrong').getByRole('button', { name: 'all', exact: true }));
  await press(page.getByRole('button', { name: 'show more of 30' }));
  await expect(page.getByRole('region', { name: 'All on dev: 30 of 30' })).toBeFocused();
  const selection = page.getByRole('region', { name: 'Selection weights' }).first();
  await press(selection.getByRole('button', { name: 'sort by a' }));
  await selection.locator('label').filter({ hasText: 'Table' }).click();
  await expect(selection.locator('.number-table td').first()).toHaveText(/^#\d 0\.\d{3} kept$/);
  expect(playground.faults).toEqual([]);
});

test('a sweep keeps the focus from its beginning to the next one', async ({ page }) => {
  const playground = new PlaygroundPage(page);
  const runs = new RunsPage(page);
  await playground.open({ ...tiny, screen: 'runs' });
  const press = pressIn(page);
  const sweep = page.getByRole('region', { name: 'Sweep' });
  await sweep.getByText('Vary settings').click();
  await sweep.getByRole('spinbutton', { name: 'Seeds' }).fill('1');
  await press(sweep.getByRole('button', { name: 'Train 1 run' }));
  await expect(sweep).toBeFocused();
  await expect(sweep.getByText('1 of 1')).toBeVisible({ timeout: 90_000 });
  await expect(runs.rows.getByRole('rowheader')).toHaveText([/AutoLoRA, SST-2/]);
  await press(sweep.getByRole('button', { name: 'New sweep' }));
  await expect(sweep).toBeFocused();
  expect(playground.faults).toEqual([]);
});
