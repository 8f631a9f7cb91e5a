/** A reload in the middle of a search: the run goes on where it was stored, to the numbers of a run never broken. */
import { expect, test } from '@playwright/test';
import { PlaygroundPage } from './fixtures/playgroundPage';

const searchSteps = 16;
const config = {
  backend: 'wasm',
  'data.trainSize': 60,
  'data.devSize': 20,
  'search.steps': searchSteps,
  'retrain.steps': 4,
  'baseline.enabled': false,
  reportEvery: 2,
};

test('a reloaded run ends as one that was never broken', async ({ browser }) => {
  const unbroken = new PlaygroundPage(await browser.newPage());
  await unbroken.open(config);
  await unbroken.setAuto(true);
  await unbroken.play.click();
  await unbroken.finished();
  const score = await unbroken.score('autolora');
  const ranks = await unbroken.ranks('autolora');
  await unbroken.page.close();

  const broken = new PlaygroundPage(await browser.newPage());
  await broken.open(config);
  // Two steps a second: there is time to pause it.
  await broken.page.getByRole('switch', { name: 'Slow' }).click({ force: true });
  await broken.play.click();
  await broken.reach(3);
  // Pausing stores the run.
  await broken.play.click();
  await expect(broken.play).toHaveText('Play');
  const stood = Number(await broken.step.textContent());
  expect(stood).toBeLessThan(searchSteps);
  await expect
    .poll(() =>
      broken.page.evaluate(
        () =>
          new Promise<number>((resolve) => {
            const opening = indexedDB.open('autolora-playground');
            opening.onsuccess = () => {
              const transaction = opening.result.transaction(['pointers', 'details']);
              const last = transaction.objectStore('pointers').get('last');
              last.onsuccess = () => {
                const asked = transaction.objectStore('details').get(last.result ?? '');
                asked.onsuccess = () => {
                  opening.result.close();
                  resolve(asked.result?.progress.step ?? -1);
                };
              };
            };
          }),
      ),
    )
    .toBe(stood);
  await broken.page.reload();
  await broken.ready();
  await expect(broken.notes).toContainText(`Resumed at step ${stood} of search.`);
  await broken.reach(stood);
  await broken.setAuto(true);
  await broken.play.click();
  await broken.finished();
  expect(await broken.score('autolora')).toBe(score);
  expect(await broken.ranks('autolora')).toBe(ranks);
  expect(broken.faults).toEqual([]);
});
