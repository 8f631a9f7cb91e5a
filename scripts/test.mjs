/**
 * `npm test`: installs what is missing, then format and lint, types, unit and golden tests, the build, and the tests
 * in Chromium. Ends with one plain line `N passed, N failed` over all of them. `npm test -- unit browser` runs only
 * the named parts.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuild } from './build.mjs';
import { ensureChromium } from './chromium.mjs';
import { ensureDependencies, root, runNode, stop } from './dependencies.mjs';

const modules = join(root, 'node_modules');
const reports = join(root, '.cache');
const oneCheck = (passed) => ({ passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 });

/** Counts of a runner's JSON report; a runner that broke off without one, or outside any test, counts as failed. */
function counted(status, file, read) {
  if (!existsSync(file)) return oneCheck(false);
  const counts = read(JSON.parse(readFileSync(file, 'utf8')));
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

const parts = {
  format: () =>
    oneCheck(runNode([join(modules, '@biomejs', 'biome', 'bin', 'biome'), 'ci', '--colors=off', '.']) === 0),
  types: () => oneCheck(runNode([join(modules, 'typescript', 'bin', 'tsc'), '--noEmit', '-p', '.']) === 0),
  unit: () => {
    const file = join(reports, 'vitest.json');
    rmSync(file, { force: true });
    const status = runNode([
      join(modules, 'vitest', 'vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ]);
    return counted(status, file, (report) => ({
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests + report.numTodoTests,
    }));
  },
  build: () => oneCheck(ensureBuild()),
  browser: async () => {
    const file = join(reports, 'playwright.json');
    rmSync(file, { force: true });
    const env = { ...process.env, CHROMIUM: await ensureChromium(), PLAYWRIGHT_JSON_OUTPUT_NAME: file };
    const status = runNode([join(modules, '@playwright', 'test', 'cli.js'), 'test', '--reporter=list,json'], {
      env,
    });
    return counted(status, file, ({ stats }) => ({
      passed: stats.expected + stats.flaky,
      failed: stats.unexpected,
      skipped: stats.skipped,
    }));
  },
};

const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in parts));
if (unknown)
  stop(`There is no part "${unknown}" of the tests; the parts are ${Object.keys(parts).join(', ')}.`);

if (!process.stdout.isTTY) process.env.NO_COLOR = '1';
ensureDependencies();
mkdirSync(reports, { recursive: true });
const total = { passed: 0, failed: 0, skipped: 0 };
const lines = [];
for (const [name, run] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n== ${name}`);
  const begin = Date.now();
  const counts = await run();
  for (const key of Object.keys(total)) total[key] += counts[key];
  const seconds = ((Date.now() - begin) / 1000).toFixed(1).padStart(6);
  lines.push(
    `${name.padEnd(8)} ${seconds} s  ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`,
  );
}
console.log(`\n${lines.join('\n')}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed > 0 ? 1 : 0);
