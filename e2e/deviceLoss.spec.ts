/** The GPU process dies under a running worker: the client says so, and the next request starts a fresh worker. */
import { expect, test } from '@playwright/test';
import { HarnessPage } from './fixtures/harnessPage';

test('a lost device ends the worker with a sentence, and another can be started', async ({
  page,
  browser,
}) => {
  const harness = new HarnessPage(page);
  await harness.open('webgpu');
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const gpu = processInfo.find(({ type }) => type === 'GPU');
  expect(gpu).toBeDefined();
  process.kill(gpu?.id as number, 'SIGKILL');
  await expect
    .poll(() => page.evaluate(() => window.autolora.lost), { timeout: 60_000 })
    .toMatch(/^The GPU device was lost.* The run stands at its last snapshot\.$/);
  const report = await harness.request<'start-backend'>({ type: 'start-backend', prefer: 'wasm' });
  expect(report.name).toBe('wasm');
});
