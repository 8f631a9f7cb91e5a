/** What a finished run shows: methods without a search, predictions by filter, figures that stand alone. */
import { readFileSync } from 'node:fs';
import { expect, type Locator, test } from '@playwright/test';
import { PlaygroundPage } from './fixtures/playgroundPage';

const tiny = {
  backend: 'wasm',
  'data.trainSize': 64,
  'data.devSize': 40,
  'search.steps': 6,
  'retrain.steps': 6,
  reportEvery: 2,
};

/** The file that a press saves. */
async function taken(button: Locator): Promise<{ name: string; text: string }> {
  const saved = button.page().waitForEvent('download');
  await button.click();
  const download = await saved;
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
}

test('a method that searches nothing shows its ranks instead of empty cards', async ({ page }) => {
  const playground = new PlaygroundPage(page);
  await playground.open({ ...tiny, method: 'dora', 'adapter.rank': 4 });
  const card = page.getByRole('region', { name: 'DoRA', exact: true });
  await expect(card).toContainText('rank 4 everywhere');
  await expect(page.getByRole('heading', { name: 'Selection weights' })).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Hypergradient norms' })).toHaveCount(0);
  await playground.play.click();
  await playground.finished();
  await expect(card).toContainText('total rank 32');
  await expect(page.locator('.role-result')).toHaveCount(1);
  await expect(page.locator('body')).not.toContainText(/\bdora\b/);
  expect(playground.faults).toEqual([]);
});

test('predictions by filter, and the loss as SVG and PNG', async ({ page }) => {
  const playground = new PlaygroundPage(page);
  await playground.open(tiny);
  await playground.play.click();
  await playground.finished();
  const list = page.locator('.wrong');
  const counted = async () => {
    const title = (await list.getByRole('heading').textContent()) ?? '';
    return Number(/: (\d+) of 40/.exec(title)?.[1]);
  };
  const wrong = await counted();
  await list.getByRole('button', { name: 'right', exact: true }).click();
  await expect(list.getByRole('heading')).toContainText('Right on dev');
  expect((await counted()) + wrong).toBe(40);
  await list.getByRole('button', { name: 'all', exact: true }).click();
  await list.getByRole('combobox', { name: 'True class' }).selectOption({ index: 1 });
  const first = await counted();
  await list.getByRole('combobox', { name: 'True class' }).selectOption({ index: 2 });
  expect(first + (await counted())).toBe(40);
  await list.getByRole('searchbox').fill('no such words anywhere');
  await expect(list).toContainText('None on dev is like that.');

  const { text: svg } = await taken(page.getByRole('button', { name: 'Selection weights as SVG' }));
  expect(svg).toContain('<title>Selection weights: SST-2, roberta-quick, AutoLoRA, seed 1</title>');
  // Its colours are explained in the file itself.
  expect(svg).toMatch(/>step \d+, colour: a in multiples of λ = 1\/k = [\d.]+</);
  for (const word of ['⅛ λ', '8 λ', 'kept', 'pruned']) expect(svg).toContain(`>${word}</text>`);
  // It stands alone: no variable or class of the page's style sheets is left.
  expect(svg).not.toMatch(/var\(--|class=/);
  const shown = await page.evaluate(async (text) => {
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    await image.decode();
    return [image.width, image.height];
  }, svg);
  expect(Math.min(...shown)).toBeGreaterThan(200);

  const pngSaved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Loss as PNG' }).click();
  const png = readFileSync(await (await pngSaved).path());
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(png.length).toBeGreaterThan(5000);
});

test('what a run says can be taken away as text, and its pictures', async ({ page }) => {
  const playground = new PlaygroundPage(page);
  await playground.open(tiny);
  await playground.play.click();
  await playground.finished();
  const fromMenu = async (name: string) => {
    await page.getByRole('button', { name: 'Download', exact: true }).click();
    const file = await taken(page.getByRole('menuitem', { name }));
    await expect(page.getByRole('menu')).toHaveCount(0);
    return file;
  };
  const named = (name: string) => taken(page.getByRole('button', { name, exact: true }));

  const predictions = await fromMenu('AutoLoRA predictions (JSON lines)');
  expect(predictions.name).toBe('autolora-predictions-seed1.jsonl');
  const lines = predictions.text.trimEnd().split('\n');
  expect(lines).toHaveLength(40);
  expect(Object.keys(JSON.parse(lines[0] ?? ''))).toEqual(['text', 'label', 'prediction', 'logits']);
  const telemetry = await fromMenu('Telemetry (CSV)');
  expect(telemetry.name).toMatch(/^[a-z]+-[a-z]+\.csv$/);
  expect(telemetry.text).toMatch(/^phase,step,search_train_loss,.*held_megabytes\nsearch,2,/);
  expect((await fromMenu('Telemetry (JSON lines)')).text).toContain('{"type":"selection","step":2,');

  const confusion = await named('Confusion matrix of LoRA as CSV');
  expect(confusion.text).toMatch(/^true \/ said,negative,positive\nnegative,\d+,\d+\npositive,\d+,\d+\n$/);
  await page.getByRole('radiogroup', { name: 'View', exact: true }).getByText('Table').click();
  const weights = await named('Selection weights at step 6 as CSV');
  expect(weights.text).toMatch(/^layer,component,a,beta,threshold,kept\n0\.query,1,0\.\d+,/);
  expect(weights.text.trimEnd().split('\n')).toHaveLength(1 + 8 * 8);
  expect((await named('ms per step as SVG')).text).toContain('<polyline');
  await page.getByRole('button', { name: 'Runs', exact: true }).click();
  const ranks = await named('Ranks per layer as SVG');
  expect(ranks.text).toContain('<title>Ranks per layer: 1 run</title>');
  expect(ranks.text).not.toContain('var(--');
  expect((await named('Ranks per layer as PNG')).name).toBe('ranks-per-layer-compared.png');
  expect(playground.faults).toEqual([]);
});
