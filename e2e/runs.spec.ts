/** Runs are kept: over reloads, beside each other, deleted with a way back, taken to another browser, swept in a queue. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { PlaygroundPage } from './fixtures/playgroundPage';
import { RunsPage } from './fixtures/runsPage';
import { tinyExperiment } from './fixtures/tinyExperiment';

const tiny = { ...tinyExperiment, 'baseline.enabled': false };

test('two runs are kept over a reload, compared, opened, deleted and called back, and taken elsewhere', async ({
  page,
  browser,
}) => {
  const playground = new PlaygroundPage(page);
  const runs = new RunsPage(page);
  await playground.open(tiny);
  await playground.play.click();
  await playground.finished();
  const ranks = await playground.ranks('autolora');
  await page.getByRole('textbox', { name: 'Seed' }).fill('2');
  await page.keyboard.press('Tab');
  await page.getByRole('button', { name: 'Restart with changes' }).click();
  await playground.play.click();
  await playground.finished();
  // Its last state is stored a moment after it has ended.
  await runs.show();
  await expect(runs.rows.first()).toContainText('finished');
  await page.reload();
  await playground.started();
  await expect(runs.rows).toHaveCount(2);
  await expect(runs.rows.first()).toContainText('changed: Seed 2');

  await runs.choose(0);
  await runs.choose(1);
  const compared = page.getByRole('region', { name: /^Compared/ });
  await expect(compared.locator('.recharts-line-curve')).toHaveCount(2);
  await expect(compared.locator('.differences tbody tr')).toHaveCount(1);
  await expect(compared.locator('.differences')).toContainText('Seed');
  const scores = page.getByRole('table', { name: 'Own runs', exact: true });
  await expect(scores).toContainText('AutoLoRA');
  await expect(scores.locator('tbody tr')).toHaveCount(1);
  await expect(scores).toContainText('±');

  await runs.act(1, 'Name, tags, notes');
  const name = page.getByRole('textbox', { name: 'Name' });
  // The menu, which gives the focus back, is gone.
  await expect(page.getByRole('menu')).toHaveCount(0);
  await expect(name).toBeFocused();
  await name.fill('the first one');
  await page.getByRole('textbox', { name: 'Tags' }).fill('workshop, test');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(runs.rows.nth(1)).toContainText('workshop');
  await expect(page.getByRole('button', { name: 'More for the first one' })).toBeFocused();

  const saved = page.waitForEvent('download');
  await runs.act(1, 'Export the run');
  const path = await (await saved).path();

  await runs.act(1, 'Delete the run');
  await expect(runs.rows).toHaveCount(1);
  const undo = page.getByRole('button', { name: 'Undo' });
  await expect(undo).toBeFocused();
  await expect(undo).toBeInViewport();
  await undo.click();
  await expect(runs.rows).toHaveCount(2);

  await runs.rows.nth(1).getByRole('button', { name: 'Open' }).click();
  await playground.score('autolora');
  expect(await playground.ranks('autolora')).toBe(ranks);
  await expect(playground.notes).toContainText('is here again, finished');
  // Wherever the page is scrolled to.
  for (const place of [0, 1]) {
    await page.evaluate((share) => scrollTo(0, share * document.documentElement.scrollHeight), place);
    await expect(playground.notes).toBeInViewport();
  }
  await expect(playground.heatmap.getByRole('gridcell').first()).toHaveAccessibleName(/a \d/);

  await runs.show();
  await runs.rows.first().getByRole('button', { name: 'More for' }).click();
  const weights = page.getByRole('menuitem', { name: /Delete the weights|For good/ });
  await weights.dblclick();
  await expect(weights).toContainText('For good?');
  await expect(async () => {
    await weights.click();
    await expect(runs.rows.first()).toContainText('without weights', { timeout: 700 });
  }).toPass();
  expect(playground.faults).toEqual([]);

  const elsewhere = new PlaygroundPage(await browser.newPage());
  await elsewhere.open({ backend: 'wasm', screen: 'runs' });
  const there = new RunsPage(elsewhere.page);
  await elsewhere.page.getByTestId('run-input').setInputFiles({
    name: 'broken.autolora',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from('autolora-run 1 99\n{'),
  });
  await expect(elsewhere.errors).toContainText('broken.autolora is cut off');
  await elsewhere.page.getByTestId('run-input').setInputFiles({
    name: 'a.autolora',
    mimeType: 'application/octet-stream',
    buffer: readFileSync(path),
  });
  await expect(there.rows).toHaveCount(1);
  expect(await there.nameOf(0)).toBe('the first one');
  await there.rows.first().getByRole('button', { name: 'Open' }).click();
  await elsewhere.score('autolora');
  expect(await elsewhere.ranks('autolora')).toBe(ranks);

  // The Lab gives the same file away, and files dropped anywhere on the page stay in it.
  const again = elsewhere.page.waitForEvent('download');
  await elsewhere.page.getByRole('button', { name: 'Download' }).click();
  await elsewhere.page.getByRole('menuitem', { name: 'Run (.autolora)' }).click();
  const download = await again;
  expect(download.suggestedFilename()).toBe('the-first-one.autolora');
  const transfer = await elsewhere.page.evaluateHandle(
    (base64) => {
      const held = new DataTransfer();
      held.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], 'again.autolora'));
      return held;
    },
    readFileSync(await download.path()).toString('base64'),
  );
  await elsewhere.page.getByRole('banner').dispatchEvent('drop', { dataTransfer: transfer });
  await expect(elsewhere.errors).toContainText('again.autolora: the run “the first one” is in your list');
  expect(elsewhere.faults).toEqual([]);
  await elsewhere.page.close();
});

test('one click compares learned ranks with others of their total', async ({ page }) => {
  test.setTimeout(180_000);
  const playground = new PlaygroundPage(page);
  await playground.open({ ...tiny, screen: 'runs' });
  const sweep = page.getByRole('region', { name: 'Sweep' });
  await sweep.getByRole('button', { name: 'Where the rank goes' }).click();
  await expect(sweep.getByText('5 methods on 4 tasks')).toBeVisible();
  for (const other of ['RTE', 'STS-B', 'BioNLP (JNLPBA)'])
    await sweep.getByRole('checkbox', { name: other, exact: true }).uncheck();
  await sweep.getByRole('spinbutton', { name: 'Seeds' }).fill('1');
  await sweep.getByRole('button', { name: 'Train 5 runs' }).click();
  await expect(sweep.getByText('5 of 5')).toBeVisible({ timeout: 150_000 });
  await expect(sweep.locator('li[data-status=done]')).toHaveCount(5);
  await expect(sweep.locator('li').nth(2)).toContainText('SST-2, Learned ranks, permuted, seed 1');
  const scores = page.getByRole('table', { name: 'Own runs', exact: true });
  const totalOf = (row: string) => scores.getByRole('row', { name: row }).locator('td').nth(1).textContent();
  expect(await totalOf('Learned ranks, permuted')).toBe(await totalOf('Random ranks, same total'));
  await expect(scores.getByRole('row', { name: 'LoRA of AutoLoRA’s size' })).toBeVisible();
  const bars = page.getByRole('img', { name: 'Scores of own runs' });
  await expect(bars.locator('g > title').first()).toContainText('on SST-2');
  expect(playground.faults).toEqual([]);
});

test('a sweep of three seeds ends with a table over them, and waits after a reload', async ({ page }) => {
  const playground = new PlaygroundPage(page);
  const runs = new RunsPage(page);
  await playground.open({ ...tiny, screen: 'runs' });
  const sweep = page.getByRole('region', { name: 'Sweep' });
  await sweep.getByText('Vary settings').click();
  await sweep.getByRole('spinbutton', { name: 'Seeds' }).fill('3');
  await sweep.getByRole('checkbox', { name: 'LoRA', exact: true }).check();
  await sweep.getByRole('button', { name: 'Train 3 runs' }).click();
  // The first of them, whatever follows: the runs are short.
  await sweep.locator('li[data-status=done]').first().waitFor({ timeout: 60_000 });
  await page.reload();
  await playground.started();
  // Nothing trains by itself after a reload.
  await expect(sweep.getByRole('button', { name: 'Go on' })).toBeVisible();
  await sweep.getByRole('button', { name: 'Go on' }).click();
  await expect(sweep.locator('li[data-status=done]')).toHaveCount(3, { timeout: 90_000 });
  await expect(sweep.getByText('3 of 3')).toBeVisible();
  const scores = page.getByRole('table', { name: 'Own runs', exact: true });
  await expect(scores.locator('tbody tr')).toHaveCount(1);
  await expect(page.getByText('over n = 3 seeds').first()).toBeVisible();
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'LaTeX' }).first().click();
  expect((await saved).suggestedFilename()).toBe('own-runs.tex');
  await expect(runs.rows).toHaveCount(3);
  expect(playground.faults).toEqual([]);
});
