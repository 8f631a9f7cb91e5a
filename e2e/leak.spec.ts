/** 200 bilevel steps in the shipped worker: the number of live tensors stays what it was. */
import { expect, test } from '@playwright/test';
import { filesBelow, HarnessPage } from './fixtures/harnessPage';
import { writeCheckpoint } from './fixtures/tinyCheckpoint';

test('the number of tensors is constant over 200 search steps', async ({ page }, { outputDir }) => {
  const harness = new HarnessPage(page);
  await harness.open('wasm');
  const config = {
    model: { source: 'files', name: 'tiny-roberta', maxLength: 24 },
    data: { trainSize: 80, devSize: 8 },
    search: { steps: 220, batchSize: 4, dropout: 0.1 },
    reportEvery: 4,
  };
  await harness.load(config, filesBelow(writeCheckpoint(outputDir)));
  const counts = await page.evaluate(async () => {
    const { client } = window.autolora;
    const seen: { step: number; tensors: number; bytes: number }[] = [];
    client.onProgress(({ step, tensors, bytes }) => seen.push({ step, tensors, bytes }));
    for (let step = 0; step < 212; step++) await client.request<'step'>({ type: 'step', half: 'both' });
    return seen;
  });
  // Whenever a report has been read, no losses are waiting on the device: the same moment of every cycle.
  const reported = counts.filter(({ step }) => step >= 8 && step % 4 === 0);
  expect(Math.max(...reported.map(({ step }) => step))).toBe(212);
  expect(new Set(reported.map(({ tensors }) => tensors))).toEqual(new Set([reported[0]?.tensors]));
  expect(new Set(reported.map(({ bytes }) => bytes)).size).toBe(1);
});
