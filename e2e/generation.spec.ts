/** A model that writes: its text grows on the page, and Stop ends it. */
import { expect, test } from '@playwright/test';
import { PlaygroundPage } from './fixtures/playgroundPage';
import { writeGpt2 } from './fixtures/randomGpt2';

test('a text is streamed as it grows, and cancelled', async ({ page }, { outputDir }) => {
  const playground = new PlaygroundPage(page);
  await playground.open({
    backend: 'wasm',
    'data.task': 'e2e',
    'data.trainSize': 20,
    'data.devSize': 4,
    'model.maxLength': 128,
    'generation.decoding': 'greedy',
    'generation.noRepeatNgram': 0,
    'generation.maxNewTokens': 800,
  });
  // The embedded default reads texts: the page says so before Play, and offers one that writes.
  await expect(page.getByText('cannot write texts')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Use gpt2-12' })).toBeVisible();
  await page.getByTestId('model-input').setInputFiles(writeGpt2(outputDir));
  await expect(page.getByText('cannot write texts')).toBeHidden();

  const trying = page.getByRole('region', { name: 'Try a record' });
  await trying.getByRole('button', { name: 'Write' }).click();
  const text = trying.locator('[data-model=before] span').last();
  await expect(text).not.toBeEmpty({ timeout: 60_000 });
  const length = async () => ((await text.textContent()) ?? '').length;
  const early = await length();
  await expect.poll(length).toBeGreaterThan(early);
  await trying.getByRole('button', { name: 'Stop' }).click();
  await expect(trying).toContainText('(stopped)');
  await expect(trying.getByRole('button', { name: 'Write' })).toBeVisible();
  await expect(playground.errors).toBeEmpty();
  expect(playground.faults).toEqual([]);
});
