/** The built site as any server would serve it: from a sub-path, with nothing from outside. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { chromiumArguments } from '../src/cli/chromiumArguments';
import { startStaticServer } from '../src/cli/staticServer';
import { PlaygroundPage } from './fixtures/playgroundPage';

const dist = fileURLToPath(new URL('../dist', import.meta.url));

/** Scripts and styles that a page of dist fetches before it paints; Vite lists static imports as modulepreload. */
function paintedFirst(html: string): string[] {
  return [...html.matchAll(/<(?:script|link)\b[^>]*>/g)].flatMap(([tag]) =>
    /^<script|\brel="(?:modulepreload|stylesheet)"/.test(tag)
      ? (/\b(?:src|href)="([^"]+)"/.exec(tag)?.[1] ?? [])
      : [],
  );
}

test('paints first with 250 kB, compressed, of scripts and styles at most (docs/architecture.md)', () => {
  const files = paintedFirst(readFileSync(join(dist, 'index.html'), 'utf8'));
  expect(files.filter((file) => file.endsWith('.js')).length).toBeGreaterThan(1);
  expect(files.filter((file) => file.endsWith('.css')).length).toBeGreaterThan(0);
  const bytes = files.reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file))).length, 0);
  console.log(`first paint: ${files.length} files, ${(bytes / 1000).toFixed(1)} kB compressed`);
  expect(bytes).toBeLessThanOrEqual(250_000);
});

test('works from a sub-path and asks no other machine for anything', async ({ page }) => {
  const server = await startStaticServer(join(dist, 'assets'));
  try {
    const missing: string[] = [];
    page.on('response', (response) => {
      if (response.status() >= 400) missing.push(response.url());
    });
    const playground = new PlaygroundPage(page);
    await page.goto(
      `${server.origin}${server.share(dist)}/index.html#backend=wasm&search.steps=4&data.trainSize=40`,
    );
    await playground.ready();
    await page.getByRole('button', { name: 'Step both' }).click();
    await playground.reach(1);
    await expect(playground.errors).toBeEmpty();
    expect(missing).toEqual([]);
    expect(playground.faults).toEqual([]);
    expect(playground.strangers).toEqual([]);
  } finally {
    server.close();
  }
});

test('works over plain http from another machine, where browsers keep much of what they can from a page', async ({
  playwright,
}) => {
  const server = await startStaticServer(dist);
  const browser = await playwright.chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [...chromiumArguments, '--host-resolver-rules=MAP teacher.test 127.0.0.1'],
  });
  try {
    const page = await browser.newPage();
    const playground = new PlaygroundPage(page, 'teacher.test');
    const address = server.origin.replace('127.0.0.1', 'teacher.test');
    await page.goto(`${address}/index.html#search.steps=4&retrain.steps=3&data.trainSize=40&data.devSize=20`);
    await playground.ready();
    expect(await page.evaluate(() => [isSecureContext, typeof crypto.randomUUID])).toEqual([
      false,
      'undefined',
    ]);
    await expect(playground.backend).toHaveAccessibleName(/^Backend: WASM/);
    await playground.play.click();
    await playground.finished();
    await page.getByRole('button', { name: 'Copy the link to this experiment' }).click();
    await expect(playground.notes).toContainText(/the link is: http:\/\/teacher\.test:\d+\/index\.html#v=1&/);
    await page.reload();
    await playground.finished();
    await expect(playground.errors).toBeEmpty();
    // Browsers say that they pass over the header that would isolate the page.
    expect(playground.faults.filter((fault) => !fault.includes('Opener-Policy'))).toEqual([]);
    expect(playground.strangers).toEqual([]);
  } finally {
    await browser.close();
    server.close();
  }
});

test('has a page of 390 pixels without sideways scrolling', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  const playground = new PlaygroundPage(page);
  await playground.open({ backend: 'wasm' });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await expect(playground.play).toBeInViewport();
  // “Pause” is wider than “Play”.
  await playground.play.click();
  await expect(playground.play).toHaveText('Pause');
  const transport = page.getByRole('region', { name: 'Transport' });
  const slow = await transport.getByText('Slow', { exact: true }).boundingBox();
  expect((slow?.x ?? 390) + (slow?.width ?? 0)).toBeLessThanOrEqual(384);
});
