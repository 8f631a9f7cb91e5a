/** The Lab by hand: the threshold tried, ranks set before retraining and named afterwards, the search watched again, slides. */
import { expect, test } from '@playwright/test';
import { PlaygroundPage } from './fixtures/playgroundPage';

const tiny = {
  backend: 'wasm',
  'data.trainSize': 80,
  'data.devSize': 30,
  'search.steps': 10,
  'retrain.steps': 4,
  'adapter.rank': 4,
  reportEvery: 1,
};

test('the threshold is tried, ranks are set by hand and named, the search is watched again', async ({
  page,
}) => {
  const playground = new PlaygroundPage(page);
  await playground.open({ ...tiny, 'baseline.enabled': false });
  await playground.setAuto(false);
  await playground.play.click();
  await page.getByRole('button', { name: 'Threshold now' }).and(page.locator('[data-primary=true]')).click();
  await expect(page.getByRole('button', { name: 'Retrain', exact: true })).toBeVisible();

  const selection = page.getByRole('region', { name: 'Selection weights' });
  const tried = page.locator('.threshold-slider output');
  await page.getByRole('slider', { name: /^Threshold in multiples/ }).focus();
  await page.keyboard.press('Home');
  // An eighth of λ prunes nothing after ten steps: 8 layers × 4.
  await expect(tried).toContainText('0.125 λ: total rank 32, 6,144 parameters');
  await page.keyboard.press('End');
  await expect(tried).toContainText('8 λ: total rank 0');
  await page.getByRole('button', { name: 'back to λ' }).click();
  await expect(tried).toHaveText('at λ');

  await page.getByText('Set ranks by hand').click();
  const inputs = page.locator('.rank-inputs input');
  await expect(inputs).toHaveCount(8);
  for (const [i, rank] of [4, 3, 2, 1, 1, 2, 3, 4].entries()) await inputs.nth(i).fill(String(rank));
  // A field can be emptied while it is typed in, and is what it was when it is left so.
  await inputs.nth(7).fill('');
  await expect(inputs.nth(7)).toHaveValue('');
  await inputs.nth(6).focus();
  await expect(inputs.nth(7)).toHaveValue('4');
  await expect(page.getByRole('button', { name: 'Retrain (learned ranks)' })).toBeVisible();
  await playground.play.click();
  await expect(playground.notes.filter({ hasText: 'Play waits: ranks were set by hand' })).toBeVisible();
  await page.getByRole('button', { name: 'Retrain with these ranks' }).click();
  await playground.finished();
  expect((await playground.ranks('autolora')).trim()).toBe('4 3 2 1 1 2 3 4');
  await expect(selection).toContainText('total rank 20 of 32, set by hand');

  const step = page.locator('.scrubber-step');
  await expect(step).toHaveText('step 10');
  await page.getByRole('slider', { name: 'Reported step' }).focus();
  await page.keyboard.press('Home');
  await expect(step).toHaveText('step 1');
  await page.getByRole('button', { name: 'Watch the search again' }).click();
  await expect(page.getByRole('button', { name: 'Stop watching' })).toBeVisible();
  await expect(step).toHaveText('step 10', { timeout: 15_000 });

  // Charts and heatmap look back at one step, wherever it is chosen.
  const norms = page.getByRole('region', { name: 'Hypergradient norms' });
  await norms.scrollIntoViewIfNeeded();
  const plot = await norms.locator('.recharts-cartesian-grid').boundingBox();
  await page.mouse.move((plot?.x ?? 0) + 0.31 * (plot?.width ?? 0), (plot?.y ?? 0) + 30);
  await expect(norms.locator('.chart-tip')).toContainText('step 3');
  await page.mouse.down();
  await page.mouse.up();
  await expect(step).toHaveText('step 3');
  await expect(norms.locator('.recharts-reference-line-line')).toHaveCount(1);
  await expect(page.getByRole('region', { name: 'Rank evolution' }).locator('.replay-cursor')).toHaveCount(1);
  // Beside the one at the threshold.
  const loss = page.getByRole('region', { name: 'Loss', exact: true });
  await loss.scrollIntoViewIfNeeded();
  await expect(loss.locator('.recharts-reference-line-line')).toHaveCount(2);
  await page.getByRole('button', { name: 'to latest' }).click();
  await expect(norms.locator('.recharts-reference-line-line')).toHaveCount(0);

  await page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name: 'Runs' }).click();
  await expect(page.locator('.runs-table tbody')).toContainText('by hand');
  await expect(playground.errors).toBeEmpty();
  expect(playground.faults).toEqual([]);
});

test('a look at another screen leaves everything as it was, and the hidden screen rests', async ({
  page,
}) => {
  const playground = new PlaygroundPage(page);
  await playground.open({ ...tiny, 'search.steps': 2000 });
  const screen = (name: string) =>
    page.getByRole('navigation', { name: 'Screens' }).getByRole('button', { name }).click();
  const sentence = page.getByRole('textbox', { name: 'A sentence of your own' });
  await sentence.fill('The film was not good.');
  await page.getByText('Reporting', { exact: true }).click();
  await page.getByRole('button', { name: 'sort by a' }).click();
  await playground.play.click();
  await playground.reach(3);
  await page.getByRole('slider', { name: /^Threshold in multiples/ }).focus();
  await page.keyboard.press('End');
  const curves = page.getByRole('region', { name: 'Loss', exact: true }).locator('.recharts-line-curve');
  await curves.first().waitFor();
  const drawn = await curves.count();

  await screen('Runs');
  await page.getByRole('searchbox', { name: 'Search runs' }).fill('no run is called so');
  await expect(sentence).toHaveCount(0);
  const stood = Number(await playground.step.textContent());
  // Once it is hidden, nothing of it changes while the run takes steps.
  const changesPerSteps = () =>
    page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          const step = () => document.querySelector('[data-testid=step]')?.textContent;
          const [before, lab] = [step(), document.querySelectorAll('.columns, .results')];
          let count = 0;
          const observer = new MutationObserver((records) => {
            count += records.length;
          });
          for (const part of lab)
            observer.observe(part, { subtree: true, childList: true, attributes: true, characterData: true });
          setTimeout(() => resolve(lab.length === 2 && step() !== before ? count : Number.NaN), 2000);
        }),
    );
  await expect.poll(changesPerSteps).toBe(0);

  await screen('Lab');
  await expect(sentence).toHaveValue('The film was not good.');
  await expect(page.getByRole('textbox', { name: 'Report every' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'sort by a' })).toHaveAttribute('aria-pressed', 'true');
  await expect(page.locator('.threshold-slider output')).toContainText('8 λ');
  await expect(curves).toHaveCount(drawn);
  // It follows the run again.
  await expect
    .poll(async () => Number((await page.locator('.scrubber-step').textContent())?.replace('step ', '')))
    .toBeGreaterThan(stood);
  await screen('Runs');
  await expect(page.getByRole('searchbox', { name: 'Search runs' })).toHaveValue('no run is called so');
  expect(playground.faults).toEqual([]);
});

test('ranks over the search as lines of chosen layers and in total', async ({ page }) => {
  const playground = new PlaygroundPage(page);
  await playground.open({ ...tiny, 'search.steps': 6, 'baseline.enabled': false });
  await playground.setAuto(false);
  await playground.play.click();
  await expect(
    page.getByRole('button', { name: 'Threshold now' }).and(page.locator('[data-primary=true]')),
  ).toBeVisible();
  const ranks = page.getByRole('region', { name: 'Rank evolution' });
  const show = (name: string) => ranks.locator('label').filter({ hasText: name }).click();
  await show('Lines');
  const choice = ranks.getByRole('group', { name: /^Layers/ }).getByRole('button');
  await expect(choice).toHaveCount(8);
  await expect(ranks.locator('.chart-legend li')).toHaveCount(4);
  await ranks.locator('.layer-choice [aria-pressed=true]').first().click();
  await expect(ranks.locator('.chart-legend li')).toHaveCount(3);
  await expect(ranks.getByRole('img', { name: /^Ranks over the search: / })).toBeVisible();
  await expect(ranks.locator('.recharts-line-curve')).toHaveCount(3);
  await show('Total');
  await expect(
    ranks.getByRole('img', { name: /^Total rank from \d+ at step 1 to \d+ at step 6$/ }),
  ).toBeVisible();
  await expect(ranks).toContainText(/of 32 components would stay: [\d,]+ of 6,144 adapter parameters/);
  expect(playground.faults).toEqual([]);
});

test('a link for slides hides what it names, and says which names nothing has', async ({ page }) => {
  const playground = new PlaygroundPage(page);
  await playground.open({ ...tiny, embed: 1, hide: 'experiment,result,everything' });
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(0);
  await expect(playground.heatmap).toBeVisible();
  await expect(page.locator('.column-experiment')).toHaveCount(0);
  await expect(playground.notes).toContainText('“everything”');
  await page.goto('./#v=1&backend=wasm&screen=nowhere');
  await page.reload();
  await expect(playground.notes.filter({ hasText: '“nowhere”' })).toContainText('lab, runs, learn');
  await page.goto('./#v=1&backend=wasm&lesson=nowhere');
  await page.reload();
  await expect(playground.notes.filter({ hasText: 'lesson=nowhere' })).toContainText('low-rank');
  await expect(page.getByText('Chapter 1 of 8')).toBeVisible();
});

test('slow motion names the half that is lit and the batch it read', async ({ page }) => {
  const playground = new PlaygroundPage(page);
  await playground.open({ ...tiny, 'search.steps': 200, 'search.batchSize': 8 });
  await page.getByRole('switch', { name: 'Slow' }).click({ force: true });
  await page.getByRole('button', { name: 'Step W' }).click();
  const halves = page.getByRole('list', { name: /^The halves of step/ }).getByRole('listitem');
  await expect(halves.nth(0)).toHaveText('W train half: examples 1–8 of 40, pass 1');
  await expect(halves.nth(1)).toHaveText('β not stepped');
  await playground.play.click();
  const lit = (name: string) => halves.and(page.locator('[data-lit=true]')).filter({ hasText: name });
  await expect(lit('W train half: examples')).toBeVisible();
  await expect(lit('β validation half: examples')).toBeVisible();
  await page.getByRole('switch', { name: 'Slow' }).click({ force: true });
  await expect(halves).toHaveCount(0);
  expect(playground.faults).toEqual([]);
});

test('a screen that cannot be fetched says so, and the run goes on', async ({ page }) => {
  const playground = new PlaygroundPage(page);
  await page.route('**/RunsScreen-*.js', (route) => route.abort());
  await playground.open({ backend: 'wasm', 'search.steps': 400, 'data.trainSize': 40, 'data.devSize': 10 });
  await playground.play.click();
  await playground.reach(2);
  const screens = page.getByRole('navigation', { name: 'Screens' });
  await screens.getByRole('button', { name: 'Runs' }).click();
  const said = page
    .getByRole('alert')
    .filter({ hasText: 'This screen could not be shown: a file of this page' });
  await expect(said.getByRole('button', { name: 'Reload' })).toBeVisible();
  const stood = Number(await playground.step.textContent());
  await screens.getByRole('button', { name: 'Lab' }).click();
  await expect(playground.heatmap).toBeVisible();
  await playground.reach(stood + 2);
});
