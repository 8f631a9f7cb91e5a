/**
 * Every kernel on WebGPU against its reference, and how many dispatches a step takes. The page is bundled here and
 * served to this test alone; the site does not ship it.
 */
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { build } from 'vite';
import type { KernelPage } from '../src/testing/kernelPage';

declare global {
  interface Window {
    kernelPage: KernelPage;
  }
}

async function bundle(): Promise<string> {
  const input = fileURLToPath(new URL('../src/testing/kernelPage.ts', import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: { write: false, minify: false, target: 'es2023', rolldownOptions: { input } },
  });
  const [result] = Array.isArray(built) ? built : [built];
  if (!result || !('output' in result)) throw new Error('Vite gave no bundle.');
  return result.output[0].code;
}

test.describe('kernels on WebGPU', () => {
  let page: Page;

  test.beforeAll(async ({ browser }) => {
    const code = await bundle();
    page = await browser.newPage();
    await page.route('**/kernelPage.js', (route) =>
      route.fulfill({ contentType: 'text/javascript', body: code }),
    );
    await page.route('**/kernelPage.html', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: '<!doctype html><script type="module" src="./kernelPage.js"></script>',
      }),
    );
    await page.goto('./kernelPage.html');
    await page.waitForFunction(() => window.kernelPage !== undefined);
  });

  test.afterAll(() => page.close());

  test('equal their references', async () => {
    const compared = await page.evaluate(() => window.kernelPage.compareAll());
    const worst = new Map<string, number>();
    for (const { op, error } of compared) worst.set(op, Math.max(worst.get(op) ?? 0, error));
    console.log(
      [...worst].map(([op, error]) => `  ${op.padEnd(34)} worst error ${error.toExponential(1)}`).join('\n'),
    );
    expect(compared.filter(({ shape, expectedShape }) => `${shape}` !== `${expectedShape}`)).toEqual([]);
    // One mask for all backends: the same elements, bit for bit.
    expect(worst.get('AutoLoraDropout')).toBe(0);
    expect(compared.filter(({ error }) => !(error < 4e-6))).toEqual([]);
  });

  test('attention hands back the gradients of the CPU', async () => {
    const errors = await page.evaluate(() => window.kernelPage.attentionGradients());
    expect(errors.filter((error) => !(error < 4e-6))).toEqual([]);
  });

  test('an Adam step is that of the CPU', async () => {
    const errors = await page.evaluate(() => window.kernelPage.adamStep());
    expect(errors).toHaveLength(18);
    expect(errors.filter((error) => !(error < 1e-6))).toEqual([]);
  });

  test('a mask of millions of elements has the bits of the CPU', async () => {
    expect(await page.evaluate(() => window.kernelPage.wrongMaskElements())).toBe(0);
  });

  test('GELU passes a NaN on and ends in its limits', async () => {
    const values = await page.evaluate(() => window.kernelPage.geluAtExtremes());
    expect(values).toEqual(['NaN', 'Infinity', '0', 'NaN', '1', '0']);
  });

  test('a step keeps to its dispatches and leaves no tensor behind', async () => {
    test.setTimeout(240_000);
    const lora = await page.evaluate(() => window.kernelPage.countDispatches());
    const search = await page.evaluate(() => window.kernelPage.countDispatches('finite-difference'));
    console.log(`  dispatches: ${lora.dispatches} per LoRA step, ${search.dispatches} per search step`);
    expect(lora.leaked).toBe(0);
    expect(search.leaked).toBe(0);
    expect(lora.dispatches).toBeLessThanOrEqual(120);
    expect(search.dispatches).toBeLessThanOrEqual(506);
  });
});
