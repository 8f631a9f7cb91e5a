/** Browser tests on a real Chromium against the built site; WebGPU comes from SwiftShader where there is no GPU. */
import { defineConfig } from '@playwright/test';
import { chromiumArguments } from './src/cli/chromiumArguments';

const port = Number(process.env.AUTOLORA_PORT ?? 4317);
export default defineConfig({
  testDir: 'e2e',
  // Two cores: a second worker would only make the time limits of the first one uncertain.
  workers: 1,
  fullyParallel: false,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  outputDir: 'test-results',
  use: {
    baseURL: `http://127.0.0.1:${port}/`,
    // A trace of every test costs a third of the time (135 s against 91 for fourteen); `--trace on` gives that of one.
    screenshot: 'only-on-failure',
    // Only e2e/offline.spec.ts keeps the site: ten megabytes are fetched for the copy.
    serviceWorkers: 'block',
    viewport: { width: 1280, height: 900 },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [...chromiumArguments],
    },
  },
  webServer: {
    command: `node scripts/start.mjs --host 127.0.0.1 --port ${port} --strictPort`,
    url: `http://127.0.0.1:${port}/`,
    timeout: 120_000,
    // For writing tests against a server that is started by hand.
    reuseExistingServer: process.env.AUTOLORA_SERVER === 'running',
  },
});
