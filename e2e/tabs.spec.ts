/** Two tabs of one browser: a run belongs to the one that has it, and steps by hand are kept. */
import { expect, test } from '@playwright/test';
import { PlaygroundPage } from './fixtures/playgroundPage';
import { RunsPage } from './fixtures/runsPage';

const config = {
  backend: 'wasm',
  'data.trainSize': 40,
  'data.devSize': 10,
  'search.steps': 30,
  'retrain.steps': 4,
  reportEvery: 2,
};

test('a second tab leaves the run to the first, and has it once that is closed', async ({ context }) => {
  const first = new PlaygroundPage(await context.newPage());
  await first.open(config);
  for (let i = 1; i <= 3; i++) {
    await first.page.getByRole('button', { name: 'Step both' }).click();
    await first.reach(i);
  }
  // A moment after the last step it is stored.
  const runs = new RunsPage(first.page);
  await runs.show();
  await expect(runs.rows.first()).toContainText('search 3/30');
  const name = await runs.nameOf(0);

  const second = new PlaygroundPage(await context.newPage());
  await second.open(config);
  await expect(second.notes).toContainText('is open in another tab');
  await expect(second.step).toHaveText('0');
  const list = new RunsPage(second.page);
  await list.show();
  await list.rows.first().getByRole('button', { name: 'Resume' }).click();
  await expect(second.errors).toContainText(`“${name}” is open in another tab`);

  await first.page.close();
  await list.rows.first().getByRole('button', { name: 'Resume' }).click();
  await expect(second.step).toHaveText('3');
  expect([...first.faults, ...second.faults]).toEqual([]);
});
